package dev.claudemesh.broker.skills;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Owner;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.skills.SkillStore.Shared;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.skills.SkillEvent;
import dev.claudemesh.protocol.skills.SkillReply;
import dev.claudemesh.protocol.skills.SkillRequest;
import dev.claudemesh.protocol.skills.SkillRequest.Get;
import dev.claudemesh.protocol.skills.SkillRequest.ListAll;
import dev.claudemesh.protocol.skills.SkillRequest.Remove;
import dev.claudemesh.protocol.skills.SkillRequest.Share;
import java.time.InstantSource;
import java.util.Optional;

/// Instructions that members share with each other's sessions.
public final class SkillHandler implements Handler<SkillRequest<?>> {
  private static final String SHARED = "shared";
  private static final String REMOVED = "removed";
  private static final String NOT_FOUND = "not_found";

  private final SkillStore store;
  private final Peers peers;
  private final InstantSource clock;
  private final int most;

  public SkillHandler(Kernel kernel) {
    this.store = new SkillStore(kernel.database());
    this.peers = kernel.peers();
    this.clock = kernel.clock();
    this.most = kernel.limits().shared().skills();
  }

  @Override
  public Outcome handle(SkillRequest<?> request, Caller caller) {
    Member member = caller.requireMember();
    return switch (request) {
      case Share share -> share(share, caller);
      case Get get ->
          Outcome.of(new SkillReply.Found(store.find(member, get.name(), get.version())));
      case ListAll list ->
          Outcome.of(new SkillReply.Skills(store.list(member, list.query().orElse(""))));
      case Remove remove -> remove(remove, caller);
    };
  }

  private Outcome share(Share share, Caller caller) {
    Shared shared =
        store.share(
            caller.requireMember(),
            share.name(),
            Ids.next(),
            SkillRules.content(share),
            clock.instant(),
            most);
    return switch (shared) {
      case Shared.Done(int version, boolean fresh) ->
          Outcome.of(
              new SkillReply.Ack(share.name(), SHARED, Optional.of(version)),
              () -> {
                if (fresh) {
                  tell(
                      caller,
                      share.name(),
                      SHARED,
                      Optional.of(version),
                      store.owner(caller.requireMember().meshId(), share.name()));
                }
              });
      case Shared.Taken(String author) ->
          throw new Problem(
              ProblemCode.EXISTS,
              "\"" + share.name() + "\" is a skill of " + author + "; share yours by another name");
      case Shared.Full _ ->
          throw new Problem(
              ProblemCode.LIMIT,
              "The mesh has " + most + " skills, which is as many as it may; remove one first");
    };
  }

  /// That there was none is no error: existing clients expect an answer.
  private Outcome remove(Remove remove, Caller caller) {
    Member member = caller.requireMember();
    Optional<Owner> removed = store.remove(member, remove.name());
    if (removed.isPresent()) {
      return Outcome.of(
          new SkillReply.Ack(remove.name(), REMOVED, Optional.empty()),
          () -> tell(caller, remove.name(), REMOVED, Optional.empty(), removed));
    }
    store
        .author(member, remove.name())
        .ifPresent(author -> {
          throw new Problem(
              ProblemCode.FORBIDDEN,
              "\"" + remove.name() + "\" is a skill of " + author + "; they or an admin may");
        });
    return Outcome.of(new SkillReply.Ack(remove.name(), NOT_FOUND, Optional.empty()));
  }

  private void tell(
      Caller caller, String name, String action, Optional<Integer> version, Optional<Owner> owner) {
    Member member = caller.requireMember();
    peers.broadcast(
        member.meshId(),
        new SkillEvent.Changed(name, action, version, member.displayName()),
        other ->
            caller.peer().filter(self -> self == other).isEmpty()
                && owner.filter(of -> of.lets(other.member(), Grant.STATE_READ)).isPresent());
  }
}
