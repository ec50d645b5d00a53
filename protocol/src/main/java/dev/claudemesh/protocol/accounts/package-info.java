/// Room accounts: people who sign in to the broker, and the tokens that prove it.
///
/// Tables: `account`, `account_token`, `account_event`, `device_login`, `account_code`,
/// `account_member`. Invariants: an account gives no right in any mesh, keys do; a token is shown
/// once; no answer tells whether an address has an account; where the operator did not turn
/// accounts on (`BROKER_ACCOUNTS`), every call is answered `not_found`.
package dev.claudemesh.protocol.accounts;
