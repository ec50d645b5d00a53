-- Streams that were announced, so that others find them. What is published on them is not kept.
create table mesh.stream (
  id         text        primary key,
  mesh_id    text        not null,
  name       text        not null collate "C",
  created_by text        not null,
  created_at timestamptz not null,
  constraint stream_once_per_mesh unique (mesh_id, name),
  constraint stream_of_member foreign key (mesh_id, created_by) references mesh.member (mesh_id, id) on delete cascade
);

-- Which session listens to which stream, announced or not. A row outlives the connection and the broker, and ends some days after its
-- session was last here, so that a session which is resumed tomorrow still listens.
-- address: the key of the session.
create table mesh.stream_subscription (
  mesh_id   text        not null references mesh.mesh (id) on delete cascade,
  address   text        not null,
  stream    text        not null collate "C",
  member_id text        not null,
  seen_at   timestamptz not null,
  primary key (mesh_id, address, stream),
  constraint subscription_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade
);

create index stream_subscription_age on mesh.stream_subscription (seen_at);
