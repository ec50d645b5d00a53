/// Room state: values by key that everybody on the mesh shares.
///
/// Table: `state`. Invariants: a change is told to the others only after it is on disk; each has a
/// version of its own, larger than all before it in the mesh, so that who compares and sets can
/// neither overwrite what they did not see nor be deceived by a key that was removed meanwhile.
package dev.claudemesh.broker.state;
