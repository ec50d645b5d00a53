-- A session of a member that is, or was, in the mesh. Presence is a lease on the address, not a socket: the row outlives a
-- lost connection until `lease_until`, then `disconnected_at` is set.
-- address:       how others reach it: the session key, or the member key of a client without one.
-- status:        `idle`, `working` or `dnd`; status_source says who told us: `hook` over `manual` over `jsonl`.
-- *_hash:        SHA-256 of the secrets handed out in hello_ack; the secrets themselves are never stored.
create table mesh.presence (
  id                text primary key,
  mesh_id           text        not null,
  member_id         text        not null,
  session_pubkey    text,
  address           text        not null,
  session_id        text,
  display_name      text,
  peer_type         text,
  channel           text,
  model             text,
  hostname          text,
  pid               int,
  cwd               text,
  status            text        not null default 'idle' check (status in ('idle', 'working', 'dnd')),
  status_source     text        not null default 'jsonl' check (status_source in ('hook', 'manual', 'jsonl')),
  status_updated_at timestamptz not null,
  summary           text,
  groups            jsonb       not null default '[]',
  profile           jsonb       not null default '{}',
  stats             jsonb,
  visible           boolean     not null default true,
  resume_hash       text,
  http_token_hash   text,
  hook_token_hash   text,
  connected_at      timestamptz not null,
  last_ping_at      timestamptz,
  lease_until       timestamptz not null,
  disconnected_at   timestamptz,
  constraint presence_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade,
  constraint presence_address_is_its_session check (session_pubkey is null or address = session_pubkey)
);

-- One live presence per address; a reconnect takes the row over or replaces it.
create unique index presence_active on mesh.presence (mesh_id, address) where disconnected_at is null;
create index presence_of_member_active on mesh.presence (member_id) where disconnected_at is null;
create index presence_by_session on mesh.presence (session_id) where disconnected_at is null;
create index presence_by_process on mesh.presence (cwd, pid) where disconnected_at is null;
create index presence_by_resume_token on mesh.presence (resume_hash) where disconnected_at is null;
create index presence_by_http_token on mesh.presence (http_token_hash) where disconnected_at is null;
create index presence_by_hook_token on mesh.presence (hook_token_hash) where disconnected_at is null;
create index presence_lease on mesh.presence (lease_until) where disconnected_at is null;
create index presence_gone on mesh.presence (disconnected_at) where disconnected_at is not null;
create index presence_history on mesh.presence (mesh_id, member_id);

-- A status that a hook reported before its session said hello; applied at the hello if it is still fresh.
create table mesh.pending_status (
  id         text primary key,
  session_id text,
  pid        int,
  cwd        text,
  hostname   text,
  status     text        not null check (status in ('idle', 'working', 'dnd')),
  created_at timestamptz not null,
  applied_at timestamptz
);

create index pending_status_by_session on mesh.pending_status (session_id, created_at) where applied_at is null;
create index pending_status_by_process on mesh.pending_status (cwd, pid, created_at) where applied_at is null;
create index pending_status_age on mesh.pending_status (created_at);

-- What a member's sessions leave behind for the next one, and for mail to groups while nobody is connected.
create table mesh.peer_state (
  mesh_id           text        not null,
  member_id         text        primary key,
  groups            jsonb       not null default '[]',
  profile           jsonb       not null default '{}',
  visible           boolean     not null default true,
  last_summary      text,
  last_display_name text,
  cumulative_stats  jsonb,
  last_seen_at      timestamptz,
  constraint peer_state_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade
);

create index peer_state_of_mesh on mesh.peer_state (mesh_id);
