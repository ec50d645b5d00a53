-- Where the audit's chain of a mesh ends. Whoever writes moves it on from the end they know in the same statement that adds the entries: of
-- two brokers that write at once one finds another end, reads it, and goes on from there. So there is one chain a mesh, always.
create table mesh.audit_head (
  mesh_id text   primary key references mesh.mesh (id) on delete cascade,
  seq     bigint not null check (seq >= 0),
  hash    text   not null
);

-- What was changed on a mesh, by whom and when. Never changed, and never removed but with the mesh.
-- seq:      place in the chain of its mesh, from 1 without a gap: the entry's id on the wire.
-- payload:  canonical JSON, kept as the very text that was hashed.
-- hash:     sha256 hex over previous hash|mesh_id|event_type|actor_member_id|payload|created_at; "genesis" stands before the first.
-- actor_name, which may change, is as it was then, and is not part of the hash.
create table mesh.audit_log (
  mesh_id         text        not null references mesh.mesh (id) on delete cascade,
  seq             bigint      not null,
  event_type      text        not null,
  actor_member_id text,
  actor_name      text,
  payload         text        not null,
  hash            text        not null,
  created_at      timestamptz not null,
  primary key (mesh_id, seq)
);

-- Few different values, so each is stored once.
create index audit_by_event on mesh.audit_log (mesh_id, event_type);
create index audit_by_actor on mesh.audit_log (mesh_id, actor_member_id);
-- Entries lie in the order in which they came.
create index audit_by_time on mesh.audit_log using brin (created_at) with (pages_per_range = 16);

-- Who withholds something from whom is asked with every read of shared data; hardly anybody does.
create index member_with_grants on mesh.member (mesh_id) where peer_grants <> '{}';
