package dev.claudemesh.broker.streams;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.SharedValues;
import dev.claudemesh.broker.streams.StreamStore.StreamRow;
import dev.claudemesh.broker.streams.StreamStore.SubscriptionRow;
import dev.claudemesh.broker.streams.Subscriptions.Listener;
import dev.claudemesh.broker.streams.Subscriptions.Topic;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.streams.StreamEvent;
import dev.claudemesh.protocol.streams.StreamReply;
import dev.claudemesh.protocol.streams.StreamRequest;
import dev.claudemesh.protocol.streams.StreamRequest.Create;
import dev.claudemesh.protocol.streams.StreamRequest.Delete;
import dev.claudemesh.protocol.streams.StreamRequest.ListAll;
import dev.claudemesh.protocol.streams.StreamRequest.Publish;
import dev.claudemesh.protocol.streams.StreamRequest.Subscribe;
import dev.claudemesh.protocol.streams.StreamRequest.Unsubscribe;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Announcing streams, listening, and telling data to those who do.
public final class StreamHandler implements Handler<StreamRequest<?>> {
  /// How long a session may be away and still listen when it comes back.
  static final Duration KEPT = Duration.ofDays(7);

  private static final int NAMED = 20;

  private final StreamStore store;
  private final Subscriptions subscriptions = new Subscriptions();
  private final Peers peers;
  private final InstantSource clock;
  private final LimitsConfig.Shared limits;

  public StreamHandler(Kernel kernel) {
    this.store = new StreamStore(kernel.database());
    this.peers = kernel.peers();
    this.clock = kernel.clock();
    this.limits = kernel.limits().shared();
    for (SubscriptionRow row : store.subscriptions()) {
      subscriptions.add(row.topic(), Listener.session(row.address(), row.memberId()));
    }
    kernel.bus().subscribe(this::heard);
  }

  @Override
  public Outcome handle(StreamRequest<?> request, Caller caller) {
    Member member = caller.requireMember();
    return switch (request) {
      case Create create -> Outcome.of(create(create, member));
      case Delete delete -> Outcome.of(delete(delete, member));
      case Subscribe subscribe -> Outcome.of(subscribe(subscribe, caller.requirePeer()));
      case Unsubscribe unsubscribe -> Outcome.of(unsubscribe(unsubscribe, caller.requirePeer()));
      case Publish publish -> Outcome.of(publish(publish, caller));
      case ListAll _ -> Outcome.of(list(member));
    };
  }

  /// Notes which sessions are here, and ends the subscriptions of those that stayed away for long.
  public void sweep(Instant now) {
    Set<String> here =
        peers.all().filter(Peer::isSession).map(Listener::key).collect(Collectors.toSet());
    store.touch(here, now);
    store.prune(now.minus(KEPT)).forEach(row -> subscriptions.remove(row.topic(), row.address()));
  }

  /// Names of the streams that were announced on a mesh.
  public List<String> names(String meshId) {
    return store.list(meshId).stream().map(StreamRow::name).toList();
  }

  private StreamReply.Created create(Create create, Member member) {
    return store
        .create(
            member.meshId(),
            create.name(),
            Ids.next(),
            member.id(),
            clock.instant(),
            limits.streams())
        .map(id -> new StreamReply.Created(id, create.name()))
        .orElseThrow(() ->
            new Problem(
                ProblemCode.LIMIT,
                "The mesh has "
                    + limits.streams()
                    + " streams, which is as many as it may; delete one first"));
  }

  private StreamReply.Deleted delete(Delete delete, Member member) {
    Optional<String> creator =
        member.admin() || member.owner() ? Optional.empty() : Optional.of(member.id());
    if (!store.delete(member.meshId(), delete.name(), creator)) {
      throw store.exists(member.meshId(), delete.name())
          ? new Problem(
              ProblemCode.FORBIDDEN, "Only who announced a stream, or an admin, may delete it")
          : new Problem(
              ProblemCode.NOT_FOUND,
              "No stream is called \"" + delete.name() + "\"; list_streams shows what there is");
    }
    return new StreamReply.Deleted(delete.name());
  }

  private StreamReply.Subscribed subscribe(Subscribe subscribe, Peer peer) {
    Topic topic = new Topic(peer.meshId(), subscribe.stream());
    Listener listener = Listener.of(peer);
    if (!subscriptions.contains(topic, listener.key())
        && subscriptions.count(peer.meshId(), listener.key()) >= limits.subscriptions()) {
      throw new Problem(
          ProblemCode.LIMIT,
          "This session listens to "
              + limits.subscriptions()
              + " streams, which is as many as it may; unsubscribe from one first");
    }
    if (peer.isSession()) {
      store.subscribe(
          new SubscriptionRow(topic, listener.key(), listener.memberId()), clock.instant());
    }
    subscriptions.add(topic, listener);
    return new StreamReply.Subscribed(subscribe.stream());
  }

  private MessageReply.Ack unsubscribe(Unsubscribe unsubscribe, Peer peer) {
    Topic topic = new Topic(peer.meshId(), unsubscribe.stream());
    if (peer.isSession()) {
      store.unsubscribe(topic, Listener.key(peer));
    }
    subscriptions.remove(topic, Listener.key(peer));
    return MessageReply.Ack.done();
  }

  private StreamReply.Published publish(Publish publish, Caller caller) {
    Member member = caller.requireMember();
    SharedValues.text(
        "publish", publish.data(), publish.secret(), publish.epoch(), limits.valueBytes());
    StreamEvent.Data data =
        new StreamEvent.Data(
            publish.stream(),
            publish.data(),
            member.displayName(),
            Optional.of(member.key().hex()),
            Optional.empty(),
            publish.epoch().map(encrypted -> true),
            publish.epoch());
    byte[] encoded = Wire.encode(data, Optional.empty());
    Optional<String> self = caller.peer().map(Listener::key);
    int told = 0;
    int missed = 0;
    for (Listener listener :
        subscriptions.listeners(new Topic(member.meshId(), publish.stream()))) {
      if (self.filter(listener.key()::equals).isEmpty() && mayHear(listener, member)) {
        if (tell(listener, member.meshId(), data, encoded)) {
          told++;
        } else {
          missed++;
        }
      }
    }
    return new StreamReply.Published(publish.stream(), told, missed);
  }

  /// Who is away is counted as having missed it, whatever it was.
  private boolean mayHear(Listener listener, Member publisher) {
    return peer(listener, publisher.meshId())
        .filter(peer -> !publisher.lets(peer.member(), Grant.STATE_READ))
        .isEmpty();
  }

  /// What is not kept cannot wait: who is away or behind misses it, and hears that they did.
  private boolean tell(Listener listener, String meshId, StreamEvent.Data data, byte[] encoded) {
    Optional<Connection> connection =
        peer(listener, meshId).flatMap(Peer::connection).filter(Connection::writable);
    if (connection.isEmpty()) {
      listener.missed().incrementAndGet();
      return false;
    }
    int before = listener.missed().getAndSet(0);
    connection
        .get()
        .sendEncoded(
            before == 0 ? encoded : Wire.encode(StreamRules.after(data, before), Optional.empty()));
    return true;
  }

  private Optional<Peer> peer(Listener listener, String meshId) {
    return listener.command().or(() -> peers.session(meshId, new PublicKey(listener.key())));
  }

  private StreamReply.Streams list(Member member) {
    return new StreamReply.Streams(
        store.list(member.meshId()).stream().map(row -> stream(row, member.meshId())).toList());
  }

  private StreamReply.Stream stream(StreamRow row, String meshId) {
    var listeners = subscriptions.listeners(new Topic(meshId, row.name()));
    List<String> names =
        listeners.stream()
            .flatMap(listener -> peer(listener, meshId).stream())
            .filter(peer -> peer.state().visible())
            .map(Peer::displayName)
            .sorted()
            .limit(NAMED)
            .toList();
    return new StreamReply.Stream(
        row.id(),
        row.name(),
        row.createdByName(),
        row.createdAt(),
        listeners.size(),
        Optional.of(names).filter(some -> !some.isEmpty()));
  }

  private void heard(Happening happening) {
    switch (happening) {
      case Happening.PeerLeft left -> {
        if (!left.peer().isSession()) {
          subscriptions.removeAll(left.peer().meshId(), Listener.key(left.peer()));
        }
      }
      case Happening.MemberRemoved removed -> {
        store.removeMember(removed.meshId(), removed.memberId());
        subscriptions.removeMember(removed.meshId(), removed.memberId());
      }
      case Happening.MeshDeleted deleted -> subscriptions.removeMesh(deleted.meshId());
      case Happening.PeerReady _,
          Happening.PeerLost _,
          Happening.PeerEnded _,
          Happening.GateOpened _,
          Happening.MemberJoined _,
          Happening.MemberChanged _,
          Happening.KeyNeeded _ -> {}
    }
  }
}
