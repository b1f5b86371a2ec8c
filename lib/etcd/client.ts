import type { EtcdConnection } from './connection.ts';
import type { EtcdReader, EtcdRecord } from './record.ts';

/** What {@link openEtcd} and the calls may be told. */
export interface EtcdOptions {
  /** Milliseconds that an endpoint has to connect, and for each answer. Default: 5000. */
  readonly timeout?: number;
  /** Gives up when it is aborted; of {@link openEtcd}: all calls of the client. */
  readonly signal?: AbortSignal;
}

/** What a member says of itself. */
export interface EtcdStatus {
  /** Who was asked. */
  readonly endpoint: string;
  /** Such as `3.4.23`. */
  readonly version: string;
  /** Equal for all members of a cluster. */
  readonly clusterId: bigint;
  /** Of the member that answers. */
  readonly memberId: bigint;
  /** Its member id; 0 where there is none. */
  readonly leader: bigint;
  /** The newest of the keys. */
  readonly revision: bigint;
  /** Bytes of the database's file. */
  readonly dbSize: bigint;
  /** Of them, those that are used; 0 before etcd 3.4. */
  readonly dbSizeInUse: bigint;
  /** Number of elections. */
  readonly raftTerm: bigint;
  /** Of the newest entry of the log that is committed. */
  readonly raftIndex: bigint;
  /** Of the newest entry that has been applied; 0 before etcd 3.4. */
  readonly raftAppliedIndex: bigint;
  /** Whether it has no vote yet. */
  readonly isLearner: boolean;
  /** What it complains of: alarms. */
  readonly errors: readonly string[];
  /** Empty before etcd 3.6. */
  readonly storageVersion: string;
}

/** A member of the cluster. */
export interface EtcdMember {
  /** As in {@link EtcdStatus.memberId}. */
  readonly id: bigint;
  /** Empty while it has not been started. */
  readonly name: string;
  /** Where other members reach it. */
  readonly peerUrls: readonly string[];
  /** Where it says that clients reach it. */
  readonly clientUrls: readonly string[];
  /** Whether it has no vote yet. */
  readonly isLearner: boolean;
}

/** What a watch may be told. */
export interface EtcdWatchOptions {
  /** Watch all keys that begin with the key. Default: false. */
  readonly prefix?: boolean;
  /** Events from this revision on, those of the past included; default: those to come. */
  readonly startRevision?: bigint;
  /** Tell what a key held before each event. Default: false. */
  readonly previous?: boolean;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** A change of a key. */
export interface EtcdEvent {
  /** Whether the key was written or deleted. */
  readonly type: 'put' | 'delete';
  /** With `delete` only `key` and `modRevision`, that of the deletion, say something. */
  readonly record: EtcdRecord;
  /** What it held before; null where it is new, was not asked for, or has been compacted. */
  readonly previous: EtcdRecord | null;
}

/**
 * A connection to an etcd. It only reads. Endpoints that fail are replaced by others, without the caller's notice, as long
 * as one answers. Close it, or declare it with `await using`.
 *
 * Errors, of each call: {@link EtcdError}, AbortError, a UsageError.
 */
export interface EtcdClient extends EtcdReader {
  /** As they were given. */
  readonly endpoints: readonly string[];
  /**
   * What becomes of a key, or of all that begin with it. It goes on where it was when another endpoint has to be asked; no
   * event is lost or told twice. Ends with the signal, by an AbortError, or when the caller leaves it.
   *
   * Errors: also `ERR_ETCD_COMPACTED`, where what it would have to tell is gone.
   */
  watch(key: string | Uint8Array, options?: EtcdWatchOptions): AsyncGenerator<EtcdEvent, void>;
  /** Asks one endpoint, and no other in its place. */
  status(endpoint?: string): Promise<EtcdStatus>;
  /** The members of the cluster, by any of the endpoints. */
  members(): Promise<EtcdMember[]>;
  /** The whole database, as `etcdctl snapshot save` writes it: its file and a SHA-256 of it. It holds all Secrets. */
  snapshot(options?: { readonly signal?: AbortSignal }): AsyncGenerator<Uint8Array, void>;
  /** Ends the connection, and the calls under way. Can be called again. */
  close(): Promise<void>;
}

/**
 * Opens a connection to an etcd, and asks one of its endpoints whether it answers. The code that speaks gRPC is loaded here.
 *
 * Errors: those of {@link EtcdClient}.
 */
export async function openEtcd(connection: EtcdConnection, options: EtcdOptions = {}): Promise<EtcdClient> {
  const { connectEtcd } = await import('./rpc/connect.ts');
  return connectEtcd(connection, options);
}
