/// A broker of this protocol under load: [BrokerProcess] starts one, [Meshes] fills it with
/// members, [Fleet] is their connections, on one thread and with hardly any CPU of its own.
package dev.claudemesh.bench.mesh;
