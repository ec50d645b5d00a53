/// Room invites: signed ways into a mesh, and the newcomers who take them.
///
/// Tables: `invite`, `member`. Invariants: an invite is stored only with a signature of the owner
/// or an admin that fits its fields, and is taken only while that signature still counts; of so
/// many uses, never one more is taken; a key that is already a member takes none; who was removed
/// does not come back by an invite.
package dev.claudemesh.broker.invites;
