-- The queue at speed: a row costs what it must. Leases are the running broker's own business (who holds what is in its memory, and a
-- broker that starts finds nobody holding anything), the order is counted by the writer, and nothing is checked row by row that the
-- statements see to: a message and its copies are written, and removed, together.

-- Each start of a broker counts its messages from a new era: seq = era * 2^40 + count. So the order needs no look at what is there.
create sequence mesh.message_era;

drop index mesh.message_of_mesh;
alter table mesh.message
  drop constraint message_of_sender,
  drop column seq;
-- Ids begin with their time, so that new ones stand side by side in their index; a prefix is searched as bytes, whatever the database's locale.
alter table mesh.message alter column id type text collate "C";

drop index mesh.delivery_waiting;
drop index mesh.delivery_lease;
drop index mesh.delivery_done;
alter table mesh.delivery
  drop constraint delivery_message_id_fkey,
  drop constraint delivery_lease_has_holder,
  drop constraint delivery_status_check,
  drop column priority_rank,
  drop column lease_until,
  drop column attempts,
  drop column created_at;
update mesh.delivery set status = 'queued' where status = 'leased';
alter table mesh.delivery alter column message_id type text collate "C";
alter table mesh.delivery alter column recipient_key type text collate "C";
alter table mesh.delivery rename column leased_to to holder;
-- 0 is handed out first: now, next, low.
alter table mesh.delivery add column priority_rank int not null default 0;
update mesh.delivery set priority_rank = case priority when 'now' then 0 when 'next' then 1 else 2 end;
alter table mesh.delivery
  drop column priority,
  alter column priority_rank drop default,
  add column notify boolean not null default false,
  add constraint delivery_status_check check (status in ('queued', 'delivered', 'seen', 'expired', 'refused'));
update mesh.delivery d set notify = true from mesh.message m where m.id = d.message_id and m.notify;
create index delivery_waiting on mesh.delivery (recipient_key, priority_rank, seq) where status = 'queued';

comment on column mesh.delivery.status is '`queued` (also while a peer holds it) → `delivered` → `seen`; or `expired`, or `refused` with a reason';
comment on column mesh.delivery.holder is 'for mail to a member, the session that has it: while that session may come back, no other gets it';

-- What a foreign key did row by row, for the one case in which it mattered: a mesh that is deleted takes its messages along.
create function mesh.forget_messages() returns trigger language plpgsql as $$
begin
  delete from mesh.delivery where mesh_id = old.id;
  delete from mesh.message where mesh_id = old.id;
  return null;
end $$;
create trigger mesh_forgets_messages after delete on mesh.mesh for each row execute function mesh.forget_messages();
