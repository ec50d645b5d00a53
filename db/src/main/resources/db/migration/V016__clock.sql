-- A simulated time that a mesh shares: tick = anchor_tick + the real minutes since anchor_at, times speed. So what time it is needs
-- no writing, and every broker comes to the same.
-- started_at: when it was started, in real and in simulated time.
-- seen_at:    when a broker last saw a session in the mesh. A clock that runs although nobody was seen for long stood still since then.
-- changed_by: who changed it last; null once it stopped by itself.
create table mesh.clock (
  mesh_id     text             primary key,
  speed       double precision not null check (speed between 1 and 100),
  paused      boolean          not null,
  anchor_tick bigint           not null check (anchor_tick >= 0),
  anchor_at   timestamptz      not null,
  started_at  timestamptz      not null,
  seen_at     timestamptz      not null,
  changed_by  text,
  constraint clock_of_mesh foreign key (mesh_id) references mesh.mesh (id) on delete cascade,
  constraint clock_changed_by_member foreign key (mesh_id, changed_by) references mesh.member (mesh_id, id)
);
