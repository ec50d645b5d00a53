-- Instructions that members share with each other's sessions, by name. Changed by its author or an admin only.
-- version: the newest of its versions.
create table mesh.skill (
  id         text        primary key,
  mesh_id    text        not null,
  name       text        not null collate "C",
  author     text        not null,
  version    int         not null check (version >= 1),
  created_at timestamptz not null,
  constraint skill_once_per_mesh unique (mesh_id, name),
  constraint skill_of_member foreign key (mesh_id, author) references mesh.member (mesh_id, id) on delete cascade
);

-- What a skill said, version by version; the newest twenty are kept.
-- manifest: further front matter, a JSON object as text, so that it is given back as it came.
create table mesh.skill_version (
  skill_id     text        not null references mesh.skill (id) on delete cascade,
  version      int         not null,
  description  text        not null,
  instructions text        not null,
  tags         text[]      not null,
  manifest     text        not null,
  shared_by    text        not null,
  shared_at    timestamptz not null,
  primary key (skill_id, version)
);
