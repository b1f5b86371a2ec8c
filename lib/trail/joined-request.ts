import type { TrailRequest } from './request.ts';
import type { Place, Scan, ScannedContainer, ScannedFile, ScannedProcess, ScanRequest, Sighting } from './sighting.ts';

const OF_VARIABLES: readonly Place[] = ['bundle', 'initial', 'live'];

/** What was seen, as one of several requests would have been answered. */
class Share {
  readonly #variables: ScanRequest['variables'];
  /** Its own number of a value, by the number that the scan had for it. */
  readonly #numbers: ReadonlyMap<number, number>;

  constructor(variables: ScanRequest['variables'], numbers: ReadonlyMap<number, number>) {
    this.#variables = variables;
    this.#numbers = numbers;
  }

  #ownNumber(value: number | null): number | null {
    return value === null ? null : (this.#numbers.get(value) ?? null);
  }

  /** A variable that was asked for is told of, also where it holds a value of another request. */
  #sightings(all: readonly Sighting[], containerId: string | null): Sighting[] {
    const asked = new Set(containerId === null ? [] : this.#variables.get(containerId));
    const own = all.flatMap((one): Sighting[] => {
      const value = this.#ownNumber(one.value);
      return value === null ? [] : [{ ...one, value }];
    });
    const idOf = ({ place, name }: Sighting): string => JSON.stringify([place, name]);
    const known = new Set(own.map(idOf));
    const others = all.filter(
      (one) => OF_VARIABLES.includes(one.place) && asked.has(one.name) && !known.has(idOf(one)),
    );
    const strangers = new Map(others.map((one) => [idOf(one), { ...one, value: null, whole: false }]));
    const files = all.filter((one) => one.place === 'openFile' && !known.has(idOf(one)));
    return [...own, ...strangers.values(), ...files.map((one) => ({ ...one, value: null, whole: false }))];
  }

  #file(file: ScannedFile): ScannedFile {
    return { ...file, value: this.#ownNumber(file.value) };
  }

  of({ processes, containers, findings }: Scan): Scan {
    return {
      processes: processes.map((one): ScannedProcess => {
        return { ...one, sightings: this.#sightings(one.sightings, one.containerId) };
      }),
      containers: containers.map((one): ScannedContainer => {
        const bundle = this.#sightings(one.bundle, one.containerId);
        return { ...one, bundle, files: one.files.map((file) => this.#file(file)) };
      }),
      findings,
    };
  }
}

/** Several requests as one, so that a node is scanned once for all of them. */
export interface JoinedRequest {
  /** For the scan. */
  readonly request: ScanRequest;
  /** What was seen, as each of the requests would have been answered, in their order. */
  readonly split: (scan: Scan) => Scan[];
}

/** Joins requests; a value that several have is looked for once. */
export function joinRequests(requests: readonly TrailRequest[]): JoinedRequest {
  const values: Buffer[] = [];
  const distinctive = new Set<number>();
  const variables = new Map<string, Set<string>>();
  const numbers = new Map<string, number>();
  const shares = requests.map(({ request }) => {
    const own = new Map<number, number>();
    for (const [index, value] of request.values.entries()) {
      const key = value.toString('latin1');
      const number = numbers.get(key) ?? values.push(value) - 1;
      numbers.set(key, number);
      own.set(number, index);
      if (request.distinctive.has(index)) distinctive.add(number);
    }
    for (const [id, names] of request.variables) variables.set(id, new Set([...(variables.get(id) ?? []), ...names]));
    return new Share(request.variables, own);
  });
  const asked = new Map([...variables].map(([id, names]) => [id, [...names]]));
  return {
    request: { values, distinctive, variables: asked },
    split: (scan) => shares.map((share) => share.of(scan)),
  };
}
