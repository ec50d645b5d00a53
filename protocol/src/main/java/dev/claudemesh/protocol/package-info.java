/// The wire: what a frame is, what can be asked, what can go wrong. Each room's records stand in a
/// package of their own.
///
/// Law of the wire: fields are only appended, new fields are optional, nothing is renamed. A golden
/// file per record holds it.
package dev.claudemesh.protocol;
