/// The brokers a user might pick instead, doing the same work: each a
/// [dev.claudemesh.bench.load.Contender] started as a process of its own on free ports in an empty
/// folder, with a connection, a queue and a confirmed subscription a peer.
package dev.claudemesh.bench.rivals;
