-- Versions of shared values. One sequence for all, so that a key that is removed and set again never has a version it had before.
create sequence mesh.state_version;

-- Values by key that a mesh shares.
-- value:   any JSON; of a private one the nonce and ciphertext as base64, encrypted under the mesh key of an epoch.
create table mesh.state (
  mesh_id    text        not null,
  key        text        not null collate "C",
  value      jsonb       not null,
  version    bigint      not null,
  epoch      int         check (epoch >= 1),
  updated_by text        not null,
  updated_at timestamptz not null,
  primary key (mesh_id, key),
  constraint state_of_member foreign key (mesh_id, updated_by) references mesh.member (mesh_id, id) on delete cascade
);
