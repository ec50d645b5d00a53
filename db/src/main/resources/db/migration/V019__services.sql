-- An MCP server that a member lends to the mesh: others call its tools through the broker.
-- tools:         the offers as they came on the wire: name, description, inputSchema.
-- persistent:    whether the row outlives its host's presence; then it is listed as offline since `offline_since`.
-- boxed:         whether the host opens calls that are encrypted to `host_address`.
-- host_*:        the session that answers calls: its name, its key and its presence. There is no foreign key to the presence, since
--                hosts that are no sessions have no row there.
create table mesh.hosted_server (
  mesh_id       text        not null,
  name          text        not null,
  member_id     text        not null,
  description   text        not null,
  tools         jsonb       not null,
  persistent    boolean     not null,
  boxed         boolean     not null,
  host_name     text        not null,
  host_address  text        not null,
  host_presence text        not null,
  registered_at timestamptz not null,
  offline_since timestamptz,
  primary key (mesh_id, name),
  constraint hosted_server_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade,
  constraint hosted_server_offline_only_if_persistent check (persistent or offline_since is null)
);

create index hosted_server_by_member on mesh.hosted_server (mesh_id, member_id);
create index hosted_server_by_host on mesh.hosted_server (host_presence);
