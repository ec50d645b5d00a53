-- When somebody proved that they read the mail of the account's address. Before that, where mail is sent, its password lets nobody in.
alter table mesh.account add column email_proven_at timestamptz;

-- A code that was mailed, by which its reader signs in or sets another password. The newest of an address is the only one. Addresses
-- without an account have rows, too, whose code nobody was told, so that nothing tells them apart. Removed an hour after they ended.
-- code_hash: Argon2id, as eight digits are soon guessed.
-- tries:     how often somebody typed one; five at most.
create table mesh.account_code (
  email      text        primary key,
  code_hash  text        not null,
  tries      int         not null default 0 check (tries between 0 and 5),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at    timestamptz
);

create index account_code_by_end on mesh.account_code (expires_at);
