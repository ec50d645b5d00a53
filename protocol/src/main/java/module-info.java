/// What both ends of the wire share: records, catalogue, canonical bytes, crypto, and the mesh
/// client.
///
/// Open, so that Jackson may read record components; one module, so that the sealed roots may
/// permit records in other packages.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
open module dev.claudemesh.protocol {
  requires java.net.http;
  requires transitive tools.jackson.databind;
  requires com.fasterxml.jackson.annotation;
  requires com.goterl.lazysodium;
  requires com.sun.jna;
  requires org.slf4j;

  exports dev.claudemesh.protocol;
  exports dev.claudemesh.protocol.accounts;
  exports dev.claudemesh.protocol.approvals;
  exports dev.claudemesh.protocol.audit;
  exports dev.claudemesh.protocol.claims;
  exports dev.claudemesh.protocol.client;
  exports dev.claudemesh.protocol.clock;
  exports dev.claudemesh.protocol.config;
  exports dev.claudemesh.protocol.connection;
  exports dev.claudemesh.protocol.contexts;
  exports dev.claudemesh.protocol.crypto;
  exports dev.claudemesh.protocol.groups;
  exports dev.claudemesh.protocol.invites;
  exports dev.claudemesh.protocol.members;
  exports dev.claudemesh.protocol.memory;
  exports dev.claudemesh.protocol.meshes;
  exports dev.claudemesh.protocol.messaging;
  exports dev.claudemesh.protocol.presence;
  exports dev.claudemesh.protocol.schedule;
  exports dev.claudemesh.protocol.services;
  exports dev.claudemesh.protocol.skills;
  exports dev.claudemesh.protocol.sql;
  exports dev.claudemesh.protocol.state;
  exports dev.claudemesh.protocol.streams;
  exports dev.claudemesh.protocol.tasks;
}
