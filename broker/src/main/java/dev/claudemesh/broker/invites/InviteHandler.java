package dev.claudemesh.broker.invites;

import dev.claudemesh.broker.invites.NewcomerStore.Taken;
import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.Links;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.mail.Mailer;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// Door of the room invites.
public final class InviteHandler implements Handler<InviteRequest<?>> {
  private static final int TRIES = 30;
  private static final String PENDING = "pending";
  private static final String SEALED = "sealed";

  private final InviteStore store;
  private final InviteTaking taking;
  private final Bus bus;
  private final InstantSource clock;
  private final Links links;
  private final boolean compat;
  private final InvitePost post;

  /// @param compat whether old clients, who prove nothing, may claim and join
  public InviteHandler(Kernel kernel, Links links, boolean compat, Mailer mailer) {
    Database database = kernel.database();
    this.store = new InviteStore(database);
    this.taking =
        new InviteTaking(
            store,
            new NewcomerStore(database),
            new MembershipStore(database),
            kernel.limits().timing().clockSkew(),
            compat);
    this.bus = kernel.bus();
    this.clock = kernel.clock();
    this.links = links;
    this.compat = compat;
    this.post =
        new InvitePost(
            mailer, kernel.limits().mail(), kernel.limits().sizes().rateBuckets(), clock);
  }

  @Override
  public Outcome handle(InviteRequest<?> request, Caller caller) {
    return switch (request) {
      case InviteRequest.Create create -> Outcome.of(create(create, caller));
      case InviteRequest.CreateByAccount create -> Outcome.of(create(signed(create), caller));
      case InviteRequest.Join join -> Outcome.of(join(join, caller));
      case InviteRequest.Claim claim -> Outcome.of(claim(claim, caller));
      case InviteRequest.Preview preview -> Outcome.of(preview(preview));
      case InviteRequest.Token token -> Outcome.of(token(token));
      case InviteRequest.ListOpen _ -> Outcome.of(list(caller.requireMember()));
      case InviteRequest.Revoke revoke -> Outcome.of(revoke(revoke, caller.requireMember()));
    };
  }

  /// An account alone invites nobody, not even into a mesh whose keys the broker holds.
  private static InviteRequest.Create signed(InviteRequest.CreateByAccount request) {
    if (request.signature().isEmpty()) {
      throw new Problem(
          ProblemCode.INVITE_BAD_SIGNATURE,
          "Your key on the mesh must sign the invite; make it with: claudemesh invite");
    }
    return request.plain();
  }

  private InviteReply.Created create(InviteRequest.Create request, Caller caller) {
    Member issuer = caller.requireMember();
    if (!issuer.permissions().canInvite()) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "You lack the permission canInvite in this mesh; ask an admin");
    }
    Instant now = clock.instant();
    InviteMesh mesh = store.mesh(issuer.meshId()).orElseThrow(InviteHandler::meshGone);
    if (store.openCount(mesh.id(), now) >= InviteRules.MOST_OPEN) {
      throw new Problem(
          ProblemCode.LIMIT,
          "The mesh has " + InviteRules.MOST_OPEN + " open invites; revoke some first");
    }
    request.email().ifPresent(email -> post.check(email, issuer.id()));
    InviteRow invite =
        request.signature().isEmpty() && mesh.secrets().isPresent()
            ? custodial(request, issuer, mesh, links.socket(caller.publicUrl()), now)
            : signed(request, issuer, mesh, now);
    String code = invite.code().orElseThrow();
    String link = links.invite(caller.publicUrl(), code);
    boolean emailed =
        request
            .email()
            .filter(email ->
                post.send(
                    email,
                    offer(invite, mesh),
                    link + "#" + Keys.fingerprint(new PublicKey(invite.issuerPubkey()))))
            .isPresent();
    return new InviteReply.Created(link, code, invite.expiresAt(), emailed, invite.id());
  }

  private InviteRow signed(
      InviteRequest.Create request, Member issuer, InviteMesh mesh, Instant now) {
    InviteRow invite = InviteMaking.signed(request, issuer, mesh, now);
    if (!store.insert(invite) && !sameAsBefore(invite)) {
      throw taken();
    }
    return invite;
  }

  /// Nothing but its end tells apart the v1 tokens of two alike invites, so one made within the
  /// same second as another ends a second later.
  private InviteRow custodial(
      InviteRequest.Create request, Member issuer, InviteMesh mesh, String brokerUrl, Instant now) {
    for (int second = 0; second < TRIES; second++) {
      Instant made = now.plusSeconds(second);
      InviteRow invite =
          InviteMaking.custodial(
              request, issuer, mesh, mesh.secrets().orElseThrow(), brokerUrl, made);
      if (store.insert(invite)) {
        return invite;
      }
    }
    throw taken();
  }

  private static Problem taken() {
    return new Problem(
        ProblemCode.EXISTS,
        "There is already an invite with this id, code or token; make a new one");
  }

  /// Whether the caller's client sends again what it sent before, because the answer was lost.
  private boolean sameAsBefore(InviteRow invite) {
    return store
        .byId(invite.id())
        .filter(before ->
            before.code().equals(invite.code()) && before.meshId().equals(invite.meshId()))
        .filter(before -> before.signature().equals(invite.signature()) && !before.revoked())
        .isPresent();
  }

  private InviteReply.Joined join(InviteRequest.Join request, Caller caller) {
    if (!compat
        && caller.signer().filter(signer -> signer.hex().equals(request.peerPubkey())).isEmpty()) {
      throw new Problem(
          ProblemCode.UNAUTHORIZED,
          "Sign this call with the key that joins (X-Mesh-* headers); only a broker with"
              + " BROKER_COMPAT=true takes a v1 token without");
    }
    InviteTaking.Joined joined = taking.join(request, clock.instant());
    announce(joined.mesh(), joined.taken());
    return new InviteReply.Joined(
        true,
        joined.taken().memberId(),
        joined.taken().alreadyMember() ? Optional.of(true) : Optional.empty());
  }

  private InviteReply.Claimed claim(InviteRequest.Claim request, Caller caller) {
    InviteTaking.Claimed claimed = taking.claim(request, clock.instant());
    InviteMesh mesh = claimed.mesh();
    InviteRow invite = claimed.invite();
    Taken taken = claimed.taken();
    List<EpochKey> keys = announce(mesh, taken);
    return new InviteReply.Claimed(
        mesh.id(),
        taken.memberId(),
        mesh.ownerPubkey(),
        invite.canonical().orElse(""),
        taking.sealedRootKey(mesh, request.recipientX25519Pubkey()),
        Optional.of(holdsCurrent(keys, mesh) ? SEALED : PENDING),
        invite.signature(),
        Optional.of(invite.issuerPubkey()),
        Optional.of(mesh.slug()),
        Optional.of(mesh.name()),
        Optional.of(links.socket(caller.publicUrl())),
        Optional.of(taken.role()),
        Optional.of(taken.displayName()),
        taken.alreadyMember() ? Optional.of(true) : Optional.empty(),
        keys.isEmpty() ? Optional.empty() : Optional.of(keys));
  }

  /// Tells others of a newcomer, and those who hold the mesh key that it is waited for.
  ///
  /// @return the keys that are sealed to the newcomer already
  private List<EpochKey> announce(InviteMesh mesh, Taken taken) {
    if (!taken.alreadyMember()) {
      bus.publish(new Happening.MemberJoined(mesh.id(), taken.memberId()));
    }
    List<EpochKey> keys = store.keys(mesh.id(), taken.memberId());
    if (!holdsCurrent(keys, mesh)) {
      bus.publish(new Happening.KeyNeeded(mesh.id(), taken.memberId(), mesh.epoch()));
    }
    return keys;
  }

  private static boolean holdsCurrent(List<EpochKey> keys, InviteMesh mesh) {
    return keys.stream().anyMatch(key -> key.epoch() == mesh.epoch());
  }

  private InviteReply.Preview preview(InviteRequest.Preview request) {
    InviteRow invite = store.byCode(request.code()).orElseThrow(InviteTaking::notFound);
    InviteMesh mesh = store.mesh(invite.meshId()).orElseThrow(InviteTaking::notFound);
    InviteRules.checkOpen(invite, clock.instant());
    return offer(invite, mesh);
  }

  private InviteReply.Preview offer(InviteRow invite, InviteMesh mesh) {
    return new InviteReply.Preview(
        mesh.name(),
        mesh.slug(),
        invite.createdBy().flatMap(store::memberName).orElse(""),
        invite.role(),
        store.members(mesh.id()),
        invite.expiresAt(),
        invite.usesLeft());
  }

  private InviteReply.Token token(InviteRequest.Token request) {
    Instant now = clock.instant();
    Optional<String> token =
        store
            .byCode(request.code())
            .filter(invite -> !invite.revoked() && now.isBefore(invite.expiresAt()))
            .flatMap(InviteRow::token);
    return new InviteReply.Token(token.isPresent(), token);
  }

  private InviteReply.Invites list(Member member) {
    return new InviteReply.Invites(
        store.open(member.meshId(), clock.instant()).stream()
            .map(open ->
                new InviteReply.Invite(
                    open.invite().id(),
                    open.invite().code(),
                    open.invite().role(),
                    open.invite().usesLeft(),
                    open.invite().expiresAt(),
                    open.createdBy(),
                    open.invite().createdAt()))
            .toList());
  }

  private MeshReply.Ok revoke(InviteRequest.Revoke request, Member member) {
    if (!store.revoke(member.meshId(), request.code(), clock.instant())) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "This mesh has no invite with the code \""
              + request.code()
              + "\"; list them to see which it has");
    }
    return new MeshReply.Ok(true);
  }

  private static Problem meshGone() {
    return new Problem(ProblemCode.NOT_FOUND, "This mesh was deleted");
  }
}
