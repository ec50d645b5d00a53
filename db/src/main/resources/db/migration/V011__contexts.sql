-- What a session works on, as it told the mesh: one row a session, or a member's own where no session spoke.
-- session:  Claude Code's id of the session, which it keeps when it is resumed; empty for a member's own.
-- files_read, key_findings, tags: lists of texts.
create table mesh.context (
  mesh_id      text        not null,
  member_id    text        not null,
  session      text        not null,
  id           text        not null,
  session_name text,
  summary      text        not null,
  files_read   text[]      not null,
  key_findings text[]      not null,
  tags         text[]      not null,
  updated_at   timestamptz not null,
  primary key (mesh_id, member_id, session),
  constraint context_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade
);

create index context_newest on mesh.context (mesh_id, updated_at desc);
