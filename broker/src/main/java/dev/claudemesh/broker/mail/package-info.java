/// Mail that the broker sends: sign-in codes and invites, in English and Spanish, as plain text and
/// as HTML. A bounded queue in memory and one thread; what a full queue does not take, its asker is
/// told. Nothing here holds a key of a mesh.
package dev.claudemesh.broker.mail;
