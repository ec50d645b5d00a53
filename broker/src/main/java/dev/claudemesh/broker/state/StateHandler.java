package dev.claudemesh.broker.state;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.SharedValues;
import dev.claudemesh.broker.state.StateStore.Change;
import dev.claudemesh.broker.state.StateStore.Deleted;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.state.StateEvent;
import dev.claudemesh.protocol.state.StateReply;
import dev.claudemesh.protocol.state.StateReply.Entry;
import dev.claudemesh.protocol.state.StateRequest;
import dev.claudemesh.protocol.state.StateRequest.Delete;
import dev.claudemesh.protocol.state.StateRequest.Get;
import dev.claudemesh.protocol.state.StateRequest.ListAll;
import dev.claudemesh.protocol.state.StateRequest.Set;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.JsonNodeFactory;

/// Values that everybody on the mesh shares.
public final class StateHandler implements Handler<StateRequest<?>> {
  private final StateStore store;
  private final Peers peers;
  private final InstantSource clock;
  private final LimitsConfig.Shared limits;

  public StateHandler(Kernel kernel) {
    this.store = new StateStore(kernel.database());
    this.peers = kernel.peers();
    this.clock = kernel.clock();
    this.limits = kernel.limits().shared();
  }

  @Override
  public Outcome handle(StateRequest<?> request, Caller caller) {
    Member member = caller.requireMember();
    return switch (request) {
      case Set set -> set(set, caller);
      case Get get -> Outcome.of(get(get, member));
      case ListAll list -> Outcome.of(list(list, member));
      case Delete delete -> delete(delete, caller);
    };
  }

  /// How many values of the mesh the member may read.
  public int count(Member reader) {
    return store.count(reader);
  }

  private Outcome set(Set set, Caller caller) {
    Member member = caller.requireMember();
    Instant now = clock.instant();
    String value =
        SharedValues.text("set_state", set.value(), set.secret(), set.epoch(), limits.valueBytes());
    Change change = new Change(member, set.key(), value, set.epoch(), set.guarded(), now);
    long version = set.ifVersion().isPresent() ? compareAndSet(set, change) : overwrite(change);
    return Outcome.of(
        new StateReply.Stored(set.key(), version),
        () ->
            tell(
                caller,
                new StateEvent.Change(
                    set.key(),
                    set.value(),
                    member.displayName(),
                    Optional.of(version),
                    Optional.empty(),
                    set.epoch().map(encrypted -> true),
                    set.epoch()),
                anybody -> true));
  }

  private long overwrite(Change change) {
    return store
        .set(change, limits.stateKeys())
        .orElseThrow(() -> held(change.by(), change.key()).orElseGet(this::full));
  }

  private long compareAndSet(Set set, Change change) {
    long expected = set.ifVersion().orElseThrow();
    if (expected > 0) {
      return store.replace(change, expected).orElseThrow(() -> notChanged(set, change.by()));
    }
    return store
        .insert(change, limits.stateKeys())
        .orElseThrow(() ->
            store.version(change.by(), set.key()).isPresent()
                ? stale(change.by(), set.key())
                : full());
  }

  private StateReply.Result get(Get get, Member member) {
    return store
        .find(member, get.key())
        .map(entry ->
            new StateReply.Result(
                entry.key(),
                entry.value(),
                entry.updatedBy(),
                Wire.mapper().valueToTree(entry.updatedAt()).asString(),
                entry.version(),
                entry.updatedByPubkey(),
                entry.secret(),
                entry.epoch(),
                entry.protectedBy()))
        .orElseGet(() ->
            new StateReply.Result(
                get.key(),
                JsonNodeFactory.instance.nullNode(),
                "",
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  private StateReply.Entries list(ListAll list, Member member) {
    int most = limits.listed();
    List<Entry> found =
        store.list(member, list.prefix().orElse(""), list.after(), most + 1, limits.listedBytes());
    List<Entry> entries =
        StateRules.fitting(found.subList(0, Math.min(most, found.size())), limits.listedBytes());
    return new StateReply.Entries(
        entries,
        entries.size() < found.size() ? Optional.of(entries.getLast().key()) : Optional.empty());
  }

  private Outcome delete(Delete delete, Caller caller) {
    Member member = caller.requireMember();
    Deleted deleted =
        store
            .delete(member, delete.key(), delete.ifVersion())
            .orElseThrow(() -> notDeleted(delete, member));
    return Outcome.of(
        new StateReply.Deleted(delete.key()),
        () ->
            tell(
                caller,
                new StateEvent.Change(
                    delete.key(),
                    JsonNodeFactory.instance.nullNode(),
                    member.displayName(),
                    Optional.of(deleted.version()),
                    Optional.of(true),
                    Optional.empty(),
                    Optional.empty()),
                reader -> deleted.owner().lets(reader, Grant.STATE_READ)));
  }

  /// @return why a value that is there was not changed, if the version was right
  private Problem notChanged(Set set, Member member) {
    return store.version(member, set.key()).equals(set.ifVersion())
        ? held(member, set.key()).orElseGet(() -> stale(member, set.key()))
        : stale(member, set.key());
  }

  private Problem notDeleted(Delete delete, Member member) {
    Optional<Long> version = store.version(member, delete.key());
    if (version.isPresent()) {
      return delete.ifVersion().isEmpty() || delete.ifVersion().equals(version)
          ? held(member, delete.key()).orElseGet(() -> stale(member, delete.key()))
          : stale(member, delete.key());
    }
    return new Problem(
        ProblemCode.NOT_FOUND,
        "There is no shared value \"" + delete.key() + "\"; list_state shows what there is");
  }

  private Problem stale(Member member, String key) {
    return StateRules.stale(key, store.version(member, key));
  }

  private Optional<Problem> held(Member member, String key) {
    return store.protector(member.meshId(), key).map(owner -> StateRules.held(key, owner));
  }

  private Problem full() {
    return new Problem(
        ProblemCode.LIMIT,
        "The mesh shares "
            + limits.stateKeys()
            + " values, which is as many as it may; delete some first");
  }

  private void tell(Caller caller, StateEvent.Change change, Predicate<Member> whom) {
    Member author = caller.requireMember();
    peers.broadcast(
        author.meshId(),
        change,
        other ->
            caller.peer().filter(self -> self == other).isEmpty()
                && author.lets(other.member(), Grant.STATE_READ)
                && whom.test(other.member()));
  }
}
