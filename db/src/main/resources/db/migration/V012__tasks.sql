-- A thing to be done, on the board of a mesh.
-- seq:                the order in which tasks were put up; the newest is listed first.
-- assignee:           who should do it, as the creator wrote it; assignee_member_id is the member it names, if it names one.
-- claimed_by_address: the session that claimed, so that its repeated claim is told from that of the member's other sessions.
-- finished_by:        who completed or cancelled it.
-- version:            counts changes; a change is made to the version it was decided on, or not at all.
create table mesh.task (
  id                 text collate "C" primary key,
  seq                bigint      not null generated always as identity unique,
  mesh_id            text        not null,
  title              text        not null,
  assignee           text,
  assignee_member_id text,
  status             text        not null default 'open' check (status in ('open', 'claimed', 'done', 'cancelled')),
  priority           text        not null check (priority in ('low', 'normal', 'high', 'urgent')),
  tags               text[]      not null default '{}',
  result             text,
  created_by         text        not null,
  claimed_by         text,
  claimed_by_address text,
  finished_by        text,
  created_at         timestamptz not null,
  finished_at        timestamptz,
  version            int         not null default 0,
  constraint task_of_creator foreign key (mesh_id, created_by) references mesh.member (mesh_id, id) on delete cascade,
  constraint task_of_assignee foreign key (mesh_id, assignee_member_id) references mesh.member (mesh_id, id) on delete cascade,
  constraint task_of_claimer foreign key (mesh_id, claimed_by) references mesh.member (mesh_id, id) on delete cascade,
  constraint task_of_finisher foreign key (mesh_id, finished_by) references mesh.member (mesh_id, id) on delete cascade,
  constraint task_open_has_no_claimer check (status <> 'open' or (claimed_by is null and claimed_by_address is null)),
  constraint task_claimed_has_claimer check (status <> 'claimed' or (claimed_by is not null and claimed_by_address is not null)),
  constraint task_end_says_who_and_when
    check ((status in ('done', 'cancelled')) = (finished_at is not null) and (finished_at is null) = (finished_by is null))
);

create index task_of_mesh on mesh.task (mesh_id, seq desc);
create index task_by_id on mesh.task (mesh_id, id);
create index task_unfinished on mesh.task (mesh_id) where status in ('open', 'claimed');
create index task_assigned on mesh.task (mesh_id, assignee_member_id) where assignee_member_id is not null;
create index task_finished on mesh.task (mesh_id, finished_at desc) where finished_at is not null;
