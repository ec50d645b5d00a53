/// Room meshes: a team's private room, and the keys its group messages are encrypted under.
///
/// Tables: `mesh`, `epoch_key`. Invariants: the owner's secret key and the mesh key never exist on
/// the broker in clear (but for meshes marked custody `broker`, made by old clients); a mesh has
/// one current epoch.
package dev.claudemesh.protocol.meshes;
