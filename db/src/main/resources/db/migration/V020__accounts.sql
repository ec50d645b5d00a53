-- Somebody who signs in to this broker. It gives no right in any mesh: keys do.
-- email:         in lower case.
-- password_hash: Argon2id as libsodium writes it, salt and costs included.
create table mesh.account (
  id            text        primary key,
  email         text        not null unique,
  name          text        not null,
  password_hash text        not null,
  created_at    timestamptz not null
);

-- What proves an account. Only the hash of its text is here. Ended ones are kept for 90 days, to say why they are refused.
-- kind:   session = a command line of a person, pat = a personal access token for scripts, web = a browser's cookie.
-- name:   what it is for, or the machine.
-- device: system and processor of the machine, if it said so.
create table mesh.account_token (
  id           text        primary key,
  account_id   text        not null references mesh.account (id) on delete cascade,
  kind         text        not null check (kind in ('session', 'pat', 'web')),
  token_hash   text        not null unique,
  name         text        not null,
  device       text,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  last_used_at timestamptz,
  revoked_at   timestamptz,
  constraint account_token_only_pat_never_ends check (expires_at is not null or kind = 'pat')
);

create index account_token_of_account on mesh.account_token (account_id, kind, created_at);

-- What was done to the proofs of an account, for its operator: issued, approved, denied or revoked. Kept for a year.
-- address: where the call came from.
create table mesh.account_event (
  id         bigint      generated always as identity primary key,
  account_id text        not null references mesh.account (id) on delete cascade,
  at         timestamptz not null,
  what       text        not null,
  kind       text        not null,
  token_id   text,
  address    text        not null
);

create index account_event_by_time on mesh.account_event (at);

-- A command line that waits until somebody signs it in from a browser. Removed 7 days after it ended.
-- device_hash: of what the command line asks with; user_code: what a person compares and types.
-- address:     where the command line called from.
-- approved:    what was decided, by account_id; no decision yet if null.
create table mesh.device_login (
  id          text        primary key,
  device_hash text        not null unique,
  user_code   text        not null unique,
  name        text        not null,
  device      text,
  address     text        not null,
  created_at  timestamptz not null,
  expires_at  timestamptz not null,
  polled_at   timestamptz,
  account_id  text        references mesh.account (id) on delete cascade,
  approved    boolean,
  decided_at  timestamptz,
  claimed_at  timestamptz,
  constraint device_login_decided_by_somebody check ((approved is null) = (decided_at is null) and (approved is null or account_id is not null)),
  constraint device_login_claimed_if_approved check (claimed_at is null or approved)
);

create index device_login_by_end on mesh.device_login (expires_at);
