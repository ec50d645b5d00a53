/// Room state: values by key that everybody on the mesh shares.
///
/// Table: `state`. Invariants: each change has a version of its own, larger than all before it in
/// the mesh; a private value is encrypted under the mesh key before it leaves its writer.
package dev.claudemesh.protocol.state;
