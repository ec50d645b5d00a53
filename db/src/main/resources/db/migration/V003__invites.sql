-- A way into a mesh, signed by its owner or an admin.
-- version:   1 = the token carries everything, 2 = a short code signed by the owner, 3 = a short code signed by an admin.
-- canonical: the exact text that `signature` signs, checked again at every claim.
-- preset:    display name, role tag, groups and message mode that the newcomer gets.
create table mesh.invite (
  id            text primary key,
  mesh_id       text        not null references mesh.mesh (id) on delete cascade,
  token         text        unique,
  code          text        unique,
  version       int         not null check (version in (1, 2, 3)),
  role          text        not null check (role in ('admin', 'member')),
  preset        jsonb,
  max_uses      int         not null default 1 check (max_uses >= 1),
  used_count    int         not null default 0,
  expires_at    timestamptz not null,
  issuer_pubkey text        not null,
  canonical     text,
  signature     text,
  created_by    text,
  created_at    timestamptz not null,
  revoked_at    timestamptz,
  constraint invite_not_overused check (used_count between 0 and max_uses),
  constraint invite_can_be_found check (token is not null or code is not null),
  constraint invite_creator_of_mesh foreign key (mesh_id, created_by) references mesh.member (mesh_id, id) on delete cascade
);

create index invite_of_mesh on mesh.invite (mesh_id, created_at);

alter table mesh.member
  add constraint member_came_by_invite foreign key (invite_id) references mesh.invite (id) on delete set null;
create index member_by_invite on mesh.member (invite_id) where invite_id is not null;
