/** A key of etcd and what it holds. */
export interface EtcdRecord {
  /** Any bytes, with the prefix. */
  readonly key: Uint8Array;
  /** Empty where only keys were asked for. */
  readonly value: Uint8Array;
  /** Revision in which the key was made, since it was last deleted. */
  readonly createRevision: bigint;
  /** Revision of its last change: Kubernetes' `resourceVersion`. */
  readonly modRevision: bigint;
  /** Number of changes since it was made, from 1. */
  readonly version: bigint;
  /** Id of the lease with which it ends; 0 for none. */
  readonly lease: bigint;
}

/** What a read may be told. */
export interface EtcdReadOptions {
  /** As it was in this revision; default: the newest. A dump has only one, and takes none. */
  readonly revision?: bigint;
  /** Gives up when it is aborted. */
  readonly signal?: AbortSignal;
}

/** What the reading of many may be told. */
export interface EtcdRangeOptions extends EtcdReadOptions {
  /** Leave the values out. Default: false. */
  readonly keysOnly?: boolean;
  /** Most records of one request, 1 to 100,000; default: as many as make about a megabyte. */
  readonly pageSize?: number;
}

/** Some records that follow each other. */
export interface EtcdPage {
  /** In the order of the bytes of their keys. */
  readonly records: readonly EtcdRecord[];
  /** The revision of all pages of a range. */
  readonly revision: bigint;
}

/** Where records are read from: an etcd, or a dump of one. */
export interface EtcdReader extends AsyncDisposable {
  /** What is read, to be named in messages: endpoints, or a file. */
  readonly source: string;
  /** One record; null where there is no such key. */
  get(key: string | Uint8Array, options?: EtcdReadOptions): Promise<EtcdRecord | null>;
  /** All records whose keys begin with `prefix`, in the order of their bytes, of one revision. */
  range(prefix: string | Uint8Array, options?: EtcdRangeOptions): AsyncGenerator<EtcdRecord, void>;
  /** The same in pages. */
  pages(prefix: string | Uint8Array, options?: EtcdRangeOptions): AsyncGenerator<EtcdPage, void>;
  /** How many keys begin with `prefix`. */
  count(prefix: string | Uint8Array, options?: EtcdReadOptions): Promise<number>;
}
