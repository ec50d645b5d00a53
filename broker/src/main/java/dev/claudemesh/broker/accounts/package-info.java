/// Room accounts: people who sign in to the broker, and the tokens that prove it.
///
/// Tables: `account`, `account_token`, `account_event`, `device_login`, `account_code`,
/// `account_member`. Invariants: an account gives no right in any mesh, but to rename it as a
/// member whose key tied it to the account; of a token only a hash is stored; a revoked or ended
/// token proves nothing from the next call on; a change of the password ends every session and no
/// personal access token, which PostgreSQL decides; where mail is sent, an address counts from when
/// somebody proved its mailbox; no answer tells whether an address of mail has an account; a
/// command line is let in by a browser alone, and its token is given once.
package dev.claudemesh.broker.accounts;
