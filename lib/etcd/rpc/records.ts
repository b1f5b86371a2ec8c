import type { EtcdMember, EtcdStatus } from '../client.ts';
import type { EtcdRecord } from '../record.ts';
import type { KeyValue, Member, StatusResponse } from './etcd_pb.ts';

export function toRecord({ key, value, createRevision, modRevision, version, lease }: KeyValue): EtcdRecord {
  return { key, value, createRevision, modRevision, version, lease };
}

export function toMember({ ID, name, peerURLs, clientURLs, isLearner }: Member): EtcdMember {
  return { id: ID, name, peerUrls: peerURLs, clientUrls: clientURLs, isLearner };
}

export function toStatus(endpoint: string, answer: StatusResponse): EtcdStatus {
  const { header, version, dbSize, dbSizeInUse, leader, raftTerm, raftIndex, raftAppliedIndex } = answer;
  return {
    endpoint,
    version,
    clusterId: header?.clusterId ?? 0n,
    memberId: header?.memberId ?? 0n,
    leader,
    revision: header?.revision ?? 0n,
    dbSize,
    dbSizeInUse,
    raftTerm,
    raftIndex,
    raftAppliedIndex,
    isLearner: answer.isLearner,
    errors: answer.errors,
    storageVersion: answer.storageVersion,
  };
}
