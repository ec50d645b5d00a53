package dev.claudemesh.broker;

import dev.claudemesh.broker.invites.InviteHandler;
import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.CreationToken;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Links;
import dev.claudemesh.broker.kernel.MailLimits;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.MeshCreation;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.mail.Mailer;
import dev.claudemesh.broker.members.MemberHandler;
import dev.claudemesh.broker.meshes.MeshHandler;
import dev.claudemesh.broker.meshes.Totals;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteCode;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/// The rooms meshes, invites and members, put together as the broker does, without sockets.
/// Remembers what happened, and its clock stands still until it is moved.
public final class Team {
  public static final URI PUBLIC_URL = URI.create("http://broker.example:7900");
  public static final Duration SKEW = Duration.ofSeconds(60);
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private final Database database;
  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final List<Happening> happened = new CopyOnWriteArrayList<>();
  private final MeshHandler meshes;
  private final InviteHandler invites;
  private final MemberHandler members;

  /// Somebody with a key and, in a mesh, a membership.
  public record Person(SecretKey key, String meshId, String memberId) {
    public String pubkey() {
      return key.publicKey().hex();
    }
  }

  /// A mesh, its owner, and the key of its first epoch.
  public record Mesh(String id, String slug, Person owner, MeshKey key) {}

  public Team(Database database) {
    this(database, MeshCreation.OPEN, Optional.empty(), false);
  }

  public Team(
      Database database, MeshCreation policy, Optional<CreationToken> token, boolean compat) {
    this.database = database;
    Peers peers = new Peers();
    Bus bus = new Bus();
    InstantSource clock = now::get;
    Links links = new Links(Optional.empty());
    this.meshes =
        new MeshHandler(
            database,
            peers,
            bus,
            clock,
            new MeshHandler.Creation(policy, token, compat),
            links,
            new Totals() {});
    this.invites =
        new InviteHandler(
            new Kernel(database, peers, bus, clock, LimitsConfig.DEFAULTS, new Metrics()),
            links,
            compat,
            new Mailer(Optional.empty(), MailLimits.DEFAULTS, clock));
    this.members = new MemberHandler(database, peers, bus, clock);
    bus.subscribe(happened::add);
  }

  /// A pool for tests in which many come at once, so that none of them is turned away because the
  /// machine is slow.
  public static Database wide(TestDatabase database) {
    return Database.open(
        database.config().withPoolSize(20).withAcquireTimeout(Duration.ofMinutes(1)), line -> {});
  }

  public Instant now() {
    return now.get();
  }

  public void advance(Duration by) {
    now.updateAndGet(instant -> instant.plus(by));
  }

  /// What the rooms told each other so far.
  public List<Happening> happened() {
    return List.copyOf(happened);
  }

  /// Carries out a request of nobody in particular.
  public <R extends Reply> R call(Request<R> request) {
    return answer(request, caller(Optional.empty(), Optional.empty()));
  }

  /// Carries out a request that somebody signed without being a member.
  public <R extends Reply> R signed(SecretKey key, Request<R> request) {
    return answer(request, caller(Optional.empty(), Optional.of(key.publicKey())));
  }

  /// Carries out a request of a member over HTTP.
  public <R extends Reply> R as(Person person, Request<R> request) {
    return answer(
        request, caller(Optional.of(member(person)), Optional.of(person.key().publicKey())));
  }

  /// What a member is told of the mesh's keys at a hello.
  public MeshHandler.KeyState keyState(Person person) {
    return meshes.keyState(member(person), Set.of());
  }

  /// The member as the broker knows them now.
  public Member member(Person person) {
    return new MembershipStore(database)
        .byId(person.meshId(), person.memberId())
        .orElseThrow()
        .member();
  }

  @SuppressWarnings("unchecked")
  private <R extends Reply> R answer(Request<R> request, Caller caller) {
    Outcome outcome =
        switch (request) {
          case MeshRequest<?> mesh -> handle(meshes, mesh, caller);
          case InviteRequest<?> invite -> handle(invites, invite, caller);
          case MemberRequest<?> member -> handle(members, member, caller);
          default -> throw new IllegalArgumentException(request + " is for another room");
        };
    return switch (outcome) {
      case Outcome.Now(Reply reply) -> (R) reply;
      case Outcome.Aside(var reply) -> (R) reply.join();
      case Outcome.Later later -> {
        Reply reply = later.reply().join();
        later.afterwards().run();
        yield (R) reply;
      }
    };
  }

  private static <F extends Request<?>> Outcome handle(
      Handler<F> handler, F request, Caller caller) {
    return handler.handle(request, caller);
  }

  private static Caller caller(Optional<Member> member, Optional<PublicKey> signer) {
    return new Caller(
        member,
        signer,
        Optional.empty(),
        Optional.empty(),
        PUBLIC_URL,
        InetAddress.getLoopbackAddress());
  }

  /// Makes a mesh with a fresh owner.
  public Mesh mesh(String name) {
    SecretKey owner = Keys.generate();
    MeshKey key = MeshKey.generate(1);
    String id = Ids.next();
    MeshReply.Created created = signed(owner, create(name, id, owner, key));
    return new Mesh(
        created.id(), created.slug(), new Person(owner, created.id(), created.memberId()), key);
  }

  /// The request by which a client makes a mesh.
  public static MeshRequest.Create create(String name, String id, SecretKey owner, MeshKey key) {
    return new MeshRequest.Create(
        name,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of("Olga"),
        Optional.of(id),
        Optional.of(owner.publicKey().hex()),
        Optional.of(seal(id, key, owner.publicKey(), owner)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// A mesh key sealed to somebody, signed by who did it.
  public static EpochKey seal(String meshId, MeshKey key, PublicKey to, SecretKey by) {
    String sealed = key.sealTo(to);
    return new EpochKey(
        key.epoch(),
        sealed,
        by.publicKey().hex(),
        Keys.sign(by, Canonical.seal(meshId, key.epoch(), to.hex(), sealed)));
  }

  /// An invite as an issuer's client makes it.
  public InviteRequest.Create invite(Person issuer, int version, String role, int maxUses) {
    return invite(issuer, version, role, maxUses, now());
  }

  /// An invite that ends a week after a time.
  public static InviteRequest.Create invite(
      Person issuer, int version, String role, int maxUses, Instant now) {
    String id = Ids.next();
    long expiresAt = now.plus(Duration.ofDays(7)).getEpochSecond();
    String canonical =
        version == 2
            ? Canonical.inviteV2(issuer.meshId(), id, expiresAt, role, issuer.pubkey())
            : Canonical.inviteV3(issuer.meshId(), id, expiresAt, role, issuer.pubkey());
    return new InviteRequest.Create(
        Optional.of(id),
        Optional.of(InviteCode.generate()),
        Optional.of(version),
        Optional.of(canonical),
        Optional.of(Keys.sign(issuer.key(), canonical)),
        Optional.empty(),
        Optional.of(role),
        Optional.of(expiresAt),
        Optional.of(maxUses),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// A claim as a newcomer's client makes it.
  public InviteRequest.Claim claim(String code, SecretKey newcomer, String name) {
    return claim(code, newcomer, name, now());
  }

  /// A claim signed at a time.
  public static InviteRequest.Claim claim(
      String code, SecretKey newcomer, String name, Instant now) {
    String x25519 = Keys.x25519Public(newcomer);
    long timestamp = now.toEpochMilli();
    return new InviteRequest.Claim(
        code,
        x25519,
        Optional.of(newcomer.publicKey().hex()),
        Optional.of(Keys.sign(newcomer, Canonical.claim(code, x25519, timestamp))),
        Optional.of(timestamp),
        Optional.of(name));
  }

  /// Invites and lets in a member.
  public Person join(Mesh mesh, String name) {
    return join(mesh, name, "member");
  }

  /// Invites and lets in somebody with a role, a moment after whatever came before.
  public Person join(Mesh mesh, String name, String role) {
    advance(Duration.ofMillis(1));
    InviteReply.Created invite = as(mesh.owner(), invite(mesh.owner(), 2, role, 1));
    SecretKey key = Keys.generate();
    InviteReply.Claimed claimed = call(claim(invite.code(), key, name));
    return new Person(key, mesh.id(), claimed.memberId());
  }
}
