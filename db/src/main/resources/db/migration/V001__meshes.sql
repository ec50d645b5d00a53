-- Every time in this schema is a parameter of the statement that writes it: no column defaults to the server's clock.

-- A team's private room. The broker knows its owner's public key; with custody `members` it never holds a secret of it.
-- custody:    who holds the secrets: `members` (only they do) or `broker` (made by an old client, shown as such).
-- encryption: `e2e`, or `compat` where old clients must be served that cannot encrypt for groups.
-- epoch:      number of the current group key; it grows when a member is removed.
create table mesh.mesh (
  id               text primary key,
  slug             text        not null,
  name             text        not null,
  owner_pubkey     text        not null,
  custody          text        not null default 'members' check (custody in ('members', 'broker')),
  encryption       text        not null default 'e2e' check (encryption in ('e2e', 'compat')),
  epoch            int         not null default 1 check (epoch >= 1),
  self_editable    jsonb,
  root_key         text,
  owner_secret_key text,
  owner_user_id    text,
  created_at       timestamptz not null,
  archived_at      timestamptz,
  constraint mesh_secrets_only_in_broker_custody
    check (custody = 'broker' or (root_key is null and owner_secret_key is null))
);

-- A slug is free again once its mesh is archived.
create unique index mesh_slug_active on mesh.mesh (slug) where archived_at is null;
