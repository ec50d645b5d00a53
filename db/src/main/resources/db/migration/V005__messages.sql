-- A message as it was accepted: ciphertext that the broker cannot read.
-- seq:      the order of acceptance; what one sender sends arrives in this order within a priority.
-- kind:     how `target_spec` was resolved: `direct`, `group` or `broadcast`.
-- priority: `now` interrupts, `next` waits until the receiver is idle, `low` until it asks.
-- enc:      `box` (to one key) or `group` (under the group key of `epoch`); null from old clients.
-- hops:     how many agent messages this one answers, one after the other; stops two agents that talk in circles.
create table mesh.message (
  id                  text primary key,
  seq                 bigint      not null generated always as identity unique,
  mesh_id             text        not null,
  sender_member_id    text        not null,
  sender_address      text        not null,
  target_spec         text        not null,
  kind                text        not null check (kind in ('direct', 'group', 'broadcast')),
  priority            text        not null check (priority in ('now', 'next', 'low')),
  enc                 text        check (enc in ('box', 'group')),
  epoch               int,
  nonce               text        not null,
  ciphertext          text        not null,
  client_message_id   text,
  request_fingerprint text,
  reply_to_id         text,
  hops                int         not null default 0 check (hops >= 0),
  notify              boolean     not null default false,
  subtype             text,
  created_at          timestamptz not null,
  expires_at          timestamptz not null,
  constraint message_of_sender foreign key (mesh_id, sender_member_id) references mesh.member (mesh_id, id) on delete cascade,
  constraint message_once_per_client_id unique (sender_member_id, client_message_id),
  constraint message_group_names_epoch check (enc is distinct from 'group' or epoch is not null)
);

create index message_of_mesh on mesh.message (mesh_id, seq);
create index message_expiry on mesh.message (expires_at);

-- One message for one recipient.
-- recipient_key: a session key, or a member key, which means any one session of that member.
-- status:        `queued` → `leased` (pushed, not yet confirmed) → `delivered` → `seen`; or `expired`, or `refused` with a reason.
-- leased_to:     the address that holds it; pushed again when the lease ends.
-- There is no foreign key to the recipient: members are revoked, never deleted, and a check per row would be paid by every fan-out.
create table mesh.delivery (
  message_id          text        not null references mesh.message (id) on delete cascade,
  recipient_key       text        not null,
  mesh_id             text        not null,
  recipient_member_id text        not null,
  seq                 bigint      not null,
  priority            text        not null check (priority in ('now', 'next', 'low')),
  -- Sorts urgent before patient: `order by priority_rank, seq`.
  priority_rank       int         not null
    generated always as (case priority when 'now' then 0 when 'next' then 1 else 2 end) stored,
  status              text        not null default 'queued'
    check (status in ('queued', 'leased', 'delivered', 'seen', 'expired', 'refused')),
  reason              text,
  leased_to           text,
  lease_until         timestamptz,
  attempts            int         not null default 0 check (attempts >= 0),
  created_at          timestamptz not null,
  delivered_at        timestamptz,
  seen_at             timestamptz,
  primary key (message_id, recipient_key),
  constraint delivery_lease_has_holder check (status <> 'leased' or (leased_to is not null and lease_until is not null)),
  constraint delivery_says_when check (status not in ('delivered', 'seen') or delivered_at is not null)
);

create index delivery_waiting on mesh.delivery (mesh_id, recipient_key, seq) where status in ('queued', 'leased');
create index delivery_lease on mesh.delivery (lease_until) where status = 'leased';
create index delivery_done on mesh.delivery (delivered_at) where delivered_at is not null;
