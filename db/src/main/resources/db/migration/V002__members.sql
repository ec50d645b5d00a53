-- Someone who joined a mesh, known by an ed25519 key. Never deleted, only revoked: messages and audit keep naming them.
-- role:         `admin` may invite, grant and ban; `member` may talk and share.
-- message_mode: how messages reach the member's sessions: `push` at once, `inbox` on request, `off`.
-- claim:        what the newcomer signed when claiming an invite, for whoever seals the group key to them.
-- peer_grants:  {sender member key: [capabilities]}; no entry means the default set, [] means blocked.
create table mesh.member (
  id             text primary key,
  mesh_id        text        not null references mesh.mesh (id) on delete cascade,
  peer_pubkey    text        not null,
  display_name   text        not null,
  role           text        not null default 'member' check (role in ('admin', 'member')),
  role_tag       text,
  default_groups jsonb       not null default '[]',
  message_mode   text        not null default 'push' check (message_mode in ('push', 'inbox', 'off')),
  user_id        text,
  invite_id      text,
  claim          jsonb,
  joined_at      timestamptz not null,
  last_seen_at   timestamptz,
  revoked_at     timestamptz,
  revoked_by     text,
  peer_grants    jsonb       not null default '{}',
  constraint member_key_once_per_mesh unique (mesh_id, peer_pubkey),
  -- Other tables refer to this pair, so that no row can join a member of one mesh to another mesh.
  constraint member_of_mesh unique (mesh_id, id)
);

-- The same person is found in all their meshes by key.
create index member_by_key on mesh.member (peer_pubkey);

-- What one member may do, where it differs from their role. A row replaces the role's defaults entirely.
create table mesh.permission (
  mesh_id                text        not null,
  member_id              text        primary key,
  can_invite             boolean     not null,
  can_deploy_mcp         boolean     not null,
  can_manage_files       boolean     not null,
  can_manage_vault       boolean     not null,
  can_manage_watches     boolean     not null,
  can_manage_webhooks    boolean     not null,
  can_write_state        boolean     not null,
  can_send               boolean     not null,
  can_use_tools          boolean     not null,
  can_delete_mesh        boolean     not null,
  can_manage_permissions boolean     not null,
  updated_at             timestamptz not null,
  constraint permission_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade
);

-- The group key of one epoch, sealed to one member by another. The broker cannot open it.
create table mesh.epoch_key (
  mesh_id    text        not null,
  epoch      int         not null check (epoch >= 1),
  member_id  text        not null,
  sealed_key text        not null,
  sealed_by  text        not null,
  signature  text,
  sealed_at  timestamptz not null,
  primary key (mesh_id, epoch, member_id),
  constraint epoch_key_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade
);
