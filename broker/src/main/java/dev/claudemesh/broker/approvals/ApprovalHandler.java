package dev.claudemesh.broker.approvals;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.protocol.approvals.ApprovalEvent.Answered;
import dev.claudemesh.protocol.approvals.ApprovalEvent.Asked;
import dev.claudemesh.protocol.approvals.ApprovalEvent.Settled;
import dev.claudemesh.protocol.approvals.ApprovalOutcome;
import dev.claudemesh.protocol.approvals.ApprovalReply;
import dev.claudemesh.protocol.approvals.ApprovalRequest;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Answer;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Ask;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Settle;
import dev.claudemesh.protocol.approvals.ApprovalRequest.Watch;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Carries requests and answers between those who ask and those who are asked.
public final class ApprovalHandler implements Handler<ApprovalRequest<?>> {
  private final ApprovalStore store;
  private final InstantSource clock;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  public ApprovalHandler(Kernel kernel) {
    this.store = new ApprovalStore(kernel.limits().approvals());
    this.clock = kernel.clock();
  }

  @Override
  public Outcome handle(ApprovalRequest<?> request, Caller caller) {
    Connection connection = caller.requireConnection();
    Member member = caller.requireMember();
    return switch (request) {
      case Watch watch -> watch(watch, member, connection);
      case Ask ask -> ask(ask, member, connection);
      case Answer answer -> answer(answer, member);
      case Settle settle -> settle(settle, connection);
    };
  }

  private Outcome watch(Watch request, Member member, Connection connection) {
    List<Asked> open =
        store.watch(
            new ApprovalStore.Watcher(member.meshId(), member.key().hex(), connection),
            !request.once().orElse(false),
            clock.instant());
    forgetWhenClosed(connection);
    return Outcome.of(
        new ApprovalReply.Watching(open.size()), () -> open.forEach(connection::send));
  }

  /// Whoever blocked the asker is not reached, and the asker is told the same as if nobody watched.
  private Outcome ask(Ask request, Member member, Connection connection) {
    Asked asked =
        new Asked(
            request.approvalId(),
            member.key().hex(),
            member.displayName(),
            request.nonce(),
            request.ciphertext());
    List<ApprovalStore.Watcher> reached =
        store.ask(
            new ApprovalStore.Open(
                member.meshId(),
                member.id(),
                connection,
                request.to(),
                clock.instant().plusSeconds(request.seconds()),
                asked),
            watcher -> hears(watcher.connection(), member),
            clock.instant());
    forgetWhenClosed(connection);
    reached.forEach(watcher -> watcher.connection().send(asked));
    return Outcome.of(new ApprovalReply.Passed(reached.size()));
  }

  private static boolean hears(Connection watcher, Member asker) {
    return watcher.open()
        && watcher.peer().filter(peer -> peer.member().lets(asker, Grant.DM)).isPresent();
  }

  /// The request stays open: whether the answer counts its asker says by settling it.
  private Outcome answer(Answer request, Member member) {
    Connection asker =
        store
            .asked(member.meshId(), member.key().hex(), request.approvalId(), clock.instant())
            .connection();
    asker.send(
        new Answered(
            request.approvalId(),
            member.key().hex(),
            member.displayName(),
            request.nonce(),
            request.ciphertext()));
    return Outcome.of(new ApprovalReply.Passed(1));
  }

  private Outcome settle(Settle request, Connection connection) {
    List<ApprovalStore.Watcher> told = store.settle(request.approvalId(), connection);
    tell(told, new Settled(request.approvalId(), request.outcome(), request.by()));
    return Outcome.of(new ApprovalReply.Passed(told.size()));
  }

  private void forgetWhenClosed(Connection connection) {
    if (known.add(connection.id())) {
      connection.whenClosed(() -> {
        known.remove(connection.id());
        store
            .gone(connection)
            .forEach(ended ->
                tell(
                    ended.told(),
                    new Settled(ended.approvalId(), ApprovalOutcome.WITHDRAWN, Optional.empty())));
      });
    }
  }

  private static void tell(List<ApprovalStore.Watcher> watchers, Settled event) {
    watchers.forEach(watcher -> watcher.connection().send(event));
  }
}
