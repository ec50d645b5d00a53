-- Files that somebody is editing: one glob of one session in one repository, until its lease ends.
-- address: the session, or the member's own key for a command that runs outside of any.
-- root:    name of the repository, made by the client; globs of different roots have nothing to do with each other.
-- name:    of the session when it claimed.
create table mesh.claim (
  mesh_id     text        not null,
  address     text        not null,
  root        text        not null,
  glob        text        not null,
  member_id   text        not null,
  name        text        not null,
  note        text,
  lease_until timestamptz not null,
  primary key (mesh_id, address, root, glob),
  constraint claim_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade
);

create index claim_of_root on mesh.claim (mesh_id, root);
create index claim_by_member on mesh.claim (mesh_id, member_id);
create index claim_lease on mesh.claim (lease_until);
