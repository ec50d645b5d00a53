package dev.claudemesh.broker.services;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.services.CallDesk.Ticket;
import dev.claudemesh.broker.services.HostedServer.Host;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.services.CallFailure;
import dev.claudemesh.protocol.services.ServiceEvent.Forward;
import dev.claudemesh.protocol.services.ServiceEvent.Progressed;
import dev.claudemesh.protocol.services.ServiceReply;
import dev.claudemesh.protocol.services.ServiceReply.CallResult;
import dev.claudemesh.protocol.services.ServiceRequest;
import dev.claudemesh.protocol.services.ServiceRequest.Call;
import dev.claudemesh.protocol.services.ServiceRequest.Cancel;
import dev.claudemesh.protocol.services.ServiceRequest.ListServers;
import dev.claudemesh.protocol.services.ServiceRequest.Progress;
import dev.claudemesh.protocol.services.ServiceRequest.Register;
import dev.claudemesh.protocol.services.ServiceRequest.Respond;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import dev.claudemesh.protocol.services.ServiceRequest.Unregister;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// Lending tools, and carrying calls to who lends them and answers back.
public final class ServiceHandler implements Handler<ServiceRequest<?>> {
  private final ServiceStore store;
  private final CallDesk desk;
  private final Peers peers;
  private final InstantSource clock;
  private final InstantSource steady;
  private final LimitsConfig.Services limits;

  /// Members who lend something or did since the start: of others nobody needs to ask the table
  /// when they come and go.
  private final Set<String> lenders = ConcurrentHashMap.newKeySet();

  /// @param steady measures how long calls are waited for
  public ServiceHandler(Kernel kernel, InstantSource steady) {
    this.store = new ServiceStore(kernel.database());
    this.peers = kernel.peers();
    this.clock = kernel.clock();
    this.steady = steady;
    this.limits = kernel.limits().services();
    this.desk = new CallDesk(limits, steady);
    lenders.addAll(store.members());
    kernel.bus().subscribe(this::hear);
  }

  @Override
  public Outcome handle(ServiceRequest<?> request, Caller caller) {
    return switch (request) {
      case Register register -> Outcome.of(register(register, caller.requirePeer()));
      case Unregister unregister -> unregister(unregister, caller);
      case ListServers list -> Outcome.of(list(list, caller.requireMember()));
      case Call call -> call(call, caller.requirePeer(), caller.requireConnection());
      case Respond answer -> respond(answer, caller.requireConnection());
      case Progress progress -> progress(progress, caller.requireConnection());
      case Cancel cancel -> cancel(cancel, caller.requireConnection());
    };
  }

  /// Ends calls that were not answered in time. Called every second.
  ///
  /// @return how many ended
  public int sweep() {
    return desk.sweep();
  }

  /// Ends the registrations whose host is gone unheard: with an earlier run of the broker, or while
  /// the database was away. Called every few seconds.
  public void tidy(Instant now) {
    for (String presence : store.hosts()) {
      if (peers.byPresence(presence).isEmpty()) {
        hostLeft(presence, now);
      }
    }
  }

  /// Ends all calls. Called before the connections are closed.
  public void stop() {
    desk.close();
  }

  private ServiceReply.Registered register(Register register, Peer host) {
    ServiceRules.checkRegistration(register, host, limits);
    HostedServer server =
        new HostedServer(
            host.meshId(),
            register.serverName(),
            host.member().id(),
            register.description(),
            register.tools(),
            register.persistent().orElse(false),
            register.enc().filter(Encryption.BOX::equals).isPresent(),
            place(host),
            clock.instant(),
            Optional.empty());
    lenders.add(server.memberId());
    switch (store.put(server, limits.serversPerMesh())) {
      case ServiceStore.Put.Stored(var before) -> {
        if (ServiceRules.isNews(before, server)) {
          tell("mcp_registered", registered(server), server.meshId(), other -> other != host);
        }
      }
      case ServiceStore.Put.Taken() ->
          throw new Problem(
              ProblemCode.EXISTS,
              "Another member lends a server named \"" + server.name() + "\"; choose another name");
      case ServiceStore.Put.Full() ->
          throw new Problem(
              ProblemCode.LIMIT,
              "A mesh lists "
                  + limits.serversPerMesh()
                  + " servers; take one off first: claudemesh mcp remove <name>");
    }
    if (peers.byPresence(host.presenceId()).isEmpty()) {
      hostLeft(host.presenceId(), clock.instant()); // it left while this was stored
    }
    return new ServiceReply.Registered(server.name(), server.tools().size());
  }

  private Outcome unregister(Unregister unregister, Caller caller) {
    Member by = caller.requireMember();
    HostedServer server = required(by.meshId(), unregister.serverName());
    ServiceRules.checkRemoval(server, by);
    if (store.remove(server)) {
      unregistered(server, other -> !caller.peer().equals(Optional.of(other)));
    }
    return done();
  }

  private ServiceReply.Servers list(ListServers list, Member member) {
    List<HostedServer> servers =
        list.serverName().isPresent()
            ? List.of(required(member.meshId(), list.serverName().get()))
            : store.ofMesh(member.meshId());
    boolean full = list.serverName().isPresent();
    return new ServiceReply.Servers(servers.stream().map(one -> entry(one, full)).toList());
  }

  private ServiceReply.Server entry(HostedServer server, boolean full) {
    Optional<Peer> host = host(server);
    boolean online = host.filter(Peer::connected).isPresent();
    return new ServiceReply.Server(
        server.name(),
        server.description(),
        host.map(Peer::displayName).orElse(server.host().name()),
        server.tools().stream().map(tool -> ServiceRules.listed(tool, full)).toList(),
        online,
        server.offlineSince(),
        Optional.of(server.host().address()),
        host.map(peer -> peer.member().key().hex()),
        server.boxed() ? Optional.of(Encryption.BOX) : Optional.empty(),
        Optional.of(server.persistent()));
  }

  private Outcome call(Call call, Peer caller, Connection connection) {
    ServiceRules.checkCall(call, limits);
    HostedServer server = required(caller.meshId(), call.serverName());
    Peer host = host(server).orElseThrow(() -> ServiceRules.offline(server));
    ServiceRules.checkGrant(host.member(), caller.member());
    ServiceRules.checkTool(server, call.toolName());
    Connection hosting = host.connection().orElseThrow(() -> ServiceRules.offline(server));
    if (!hosting.writable()) {
      throw new Problem(
          ProblemCode.BUSY, "The host does not keep up with its calls; try again in a moment");
    }
    Ticket ticket =
        new Ticket(
            UUID.randomUUID().toString(),
            call.callId(),
            caller.member().id(),
            connection,
            hosting,
            call.progress().orElse(false),
            steady.instant(),
            ServiceRules.patience(call, limits),
            new CompletableFuture<>());
    desk.add(ticket);
    hosting.send(forward(call, caller, ticket));
    return new Outcome.Aside(ticket.answer());
  }

  private static Forward forward(Call call, Peer caller, Ticket ticket) {
    return new Forward(
        ticket.id(),
        call.serverName(),
        call.toolName(),
        call.args().orElseGet(() -> Wire.mapper().createObjectNode()),
        caller.displayName(),
        Optional.of(caller.address().hex()),
        Optional.of(caller.member().key().hex()),
        call.progress(),
        Optional.of((int) ticket.patience().toMillis()),
        call.enc(),
        call.nonce(),
        call.ciphertext());
  }

  private Outcome respond(Respond answer, Connection host) {
    Ticket ticket = desk.asked(answer.callId(), host);
    try {
      ServiceRules.checkResult(answer.result(), answer.ciphertext(), limits);
    } catch (Problem tooLarge) {
      desk.answer(ticket, CallResult.failed(CallFailure.HOST, tooLarge.getMessage()));
      throw tooLarge;
    }
    desk.answer(
        ticket,
        new CallResult(
            answer.result(),
            answer.error(),
            answer.error().map(error -> CallFailure.HOST),
            answer.enc(),
            answer.nonce(),
            answer.ciphertext()));
    return done();
  }

  /// A caller that does not read is told less of it.
  private Outcome progress(Progress progress, Connection host) {
    Ticket ticket = desk.asked(progress.callId(), host);
    desk.extend(ticket);
    if (ticket.progress() && ticket.caller().writable()) {
      ticket
          .caller()
          .send(
              new Progressed(
                  ticket.callerId().orElseThrow(),
                  progress.progress(),
                  progress.total(),
                  progress.message(),
                  progress.enc(),
                  progress.nonce(),
                  progress.ciphertext()));
    }
    return done();
  }

  private Outcome cancel(Cancel cancel, Connection caller) {
    desk.cancel(cancel.callId(), caller);
    return done();
  }

  private void hear(Happening happening) {
    switch (happening) {
      case Happening.PeerReady(Peer peer, _, _) when lenders.contains(peer.member().id()) ->
          hostHere(peer);
      case Happening.PeerLeft(Peer peer) when lenders.contains(peer.member().id()) ->
          hostLeft(peer.presenceId(), clock.instant());
      case Happening.MemberRemoved removed when lenders.contains(removed.memberId()) ->
          store.removeOf(removed.meshId(), removed.memberId()).forEach(this::unregistered);
      case Happening _ -> {}
    }
  }

  private void hostHere(Peer peer) {
    store
        .hostHere(
            peer.meshId(),
            peer.member().id(),
            place(peer),
            server -> ServiceRules.comesHome(server, peer))
        .forEach(server -> tell("mcp_restored", about(server), server.meshId(), everybody -> true));
  }

  private void hostLeft(String presenceId, Instant now) {
    store.hostLeft(presenceId, now).forEach(this::unregistered);
  }

  private void unregistered(HostedServer server) {
    unregistered(server, everybody -> true);
  }

  private void unregistered(HostedServer server, Predicate<Peer> whom) {
    tell("mcp_unregistered", about(server), server.meshId(), whom);
  }

  private static ObjectNode registered(HostedServer server) {
    ObjectNode data = about(server).put("description", server.description());
    server.tools().stream().map(ToolOffer::name).forEach(data.putArray("tools")::add);
    return data;
  }

  private static ObjectNode about(HostedServer server) {
    return Wire.mapper()
        .createObjectNode()
        .put("serverName", server.name())
        .put("hostedBy", server.host().name())
        .put("hostPubkey", server.host().address());
  }

  private void tell(String event, ObjectNode data, String meshId, Predicate<Peer> whom) {
    Push news = Push.news(UUID.randomUUID().toString(), meshId, event, data, clock.instant());
    peers.broadcast(meshId, news, whom);
  }

  private HostedServer required(String meshId, String name) {
    return store.find(meshId, name).orElseThrow(() -> ServiceRules.notFound(name));
  }

  private Optional<Peer> host(HostedServer server) {
    return peers
        .all(server.meshId())
        .filter(peer -> peer.presenceId().equals(server.host().presenceId()))
        .findFirst();
  }

  private static Host place(Peer peer) {
    return new Host(peer.displayName(), peer.address().hex(), peer.presenceId());
  }

  private static Outcome done() {
    return Outcome.of(MessageReply.Ack.done());
  }
}
