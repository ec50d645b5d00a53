package dev.claudemesh.broker.groups;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.groups.GroupRequest;
import dev.claudemesh.protocol.groups.GroupRequest.Join;
import dev.claudemesh.protocol.groups.GroupRequest.Leave;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.util.List;
import java.util.function.UnaryOperator;

/// Joining and leaving groups.
public final class GroupHandler implements Handler<GroupRequest<?>> {
  private final GroupStore store;
  private final Peers peers;
  private final int limit;

  public GroupHandler(Kernel kernel) {
    this.store = new GroupStore(kernel.database());
    this.peers = kernel.peers();
    this.limit = kernel.limits().sizes().groupsPerPeer();
  }

  @Override
  public Outcome handle(GroupRequest<?> request, Caller caller) {
    return switch (request) {
      case Join join ->
          change(caller, groups -> GroupRules.join(groups, join.name(), join.role(), limit));
      case Leave leave -> change(caller, groups -> GroupRules.leave(groups, leave.name()));
    };
  }

  private Outcome change(Caller caller, UnaryOperator<List<GroupRole>> change) {
    Peer peer = peers.requireSessionOf(caller.requirePeer());
    List<GroupRole> before = peer.state().groups();
    List<GroupRole> after = change.apply(before);
    if (!after.equals(before)) {
      store.save(peer, after);
      peer.update(state -> state.withGroups(change.apply(state.groups())));
    }
    return Outcome.of(MessageReply.Ack.done());
  }
}
