/// Room meshes: making, describing and ending meshes, and handing their keys from member to member.
///
/// Tables: `mesh`, `epoch_key`. Invariants: a mesh has one current epoch, and of two who start the
/// next one, one wins; only who holds a key may hand it on; a key is handed on only with a
/// signature of who did; the broker never holds a key in clear but for custody `broker`.
package dev.claudemesh.broker.meshes;
