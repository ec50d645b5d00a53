-- A membership that its key tied to an account: the account lists it, and renames the mesh where that member may. Nothing else follows:
-- the key stays who the member is. A membership is of one account, the last one that its key was for.
create table mesh.account_member (
  mesh_id    text        not null,
  member_id  text        not null,
  account_id text        not null references mesh.account (id) on delete cascade,
  linked_at  timestamptz not null,
  primary key (mesh_id, member_id),
  constraint account_member_of_mesh foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade
);

create index account_member_of_account on mesh.account_member (account_id);

-- Which mesh was tied to the account or taken from it.
alter table mesh.account_event add column mesh_id text;
