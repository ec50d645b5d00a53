-- Signatures and nonces that were used once and must not pass again until they are too old to be accepted anyway.
create table mesh.spent_proof (
  digest     text primary key,
  expires_at timestamptz not null
);

create index spent_proof_expiry on mesh.spent_proof (expires_at);
