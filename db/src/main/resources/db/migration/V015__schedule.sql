-- Messages that members asked to be sent later, once or again and again, as ciphertext that the broker cannot read.
-- sender_address: the key the body is encrypted by, which the message is sent from.
-- own_copy:       the same text, encrypted for its owner alone.
-- next_at:        when it is due next; for what has ended, when it was due last.
-- claimed_until:  while a broker is at it, no other one is; what was not finished by then is due again.
-- missed:         runs that fell into a time in which no broker was there.
-- problem:        the code of why it was not sent the last time.
-- ended_at:       once it was sent, cancelled, or can never be sent; kept for a while.
create table mesh.scheduled_message (
  id                text        primary key,
  mesh_id           text        not null,
  member_id         text        not null,
  sender_address    text        not null,
  target_spec       text        not null,
  priority          text        not null check (priority in ('now', 'next', 'low')),
  enc               text        check (enc in ('box', 'group')),
  epoch             int         check (epoch >= 1),
  nonce             text        not null,
  ciphertext        text        not null,
  own_copy          text,
  cron              text,
  timezone          text        not null,
  client_message_id text,
  created_at        timestamptz not null,
  next_at           timestamptz not null,
  claimed_until     timestamptz,
  fired_count       int         not null default 0 check (fired_count >= 0),
  last_fired_at     timestamptz,
  missed            int         not null default 0 check (missed >= 0),
  problem           text,
  ended_at          timestamptz,
  constraint scheduled_message_of_member foreign key (mesh_id, member_id) references mesh.member (mesh_id, id) on delete cascade,
  constraint scheduled_message_once_per_client_id unique (member_id, client_message_id),
  constraint scheduled_message_group_names_epoch check (enc is distinct from 'group' or epoch is not null)
);

create index scheduled_message_due on mesh.scheduled_message (next_at) where ended_at is null;
create index scheduled_message_of_mesh on mesh.scheduled_message (mesh_id, member_id) where ended_at is null;
create index scheduled_message_ended on mesh.scheduled_message (ended_at) where ended_at is not null;
