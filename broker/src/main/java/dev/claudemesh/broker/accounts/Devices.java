package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.accounts.AccountStore.Trace;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Links;
import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import dev.claudemesh.protocol.accounts.DeviceReply;
import dev.claudemesh.protocol.accounts.DeviceReply.Status;
import dev.claudemesh.protocol.accounts.DeviceRequest;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Signs command lines in: a code, a person who approves it, and the token for the first who asks
/// after that. No token is stored meanwhile: it is made when it is fetched.
final class Devices {
  private static final int INTERVAL_SECONDS = 2;
  private static final int DRAWS = 3;
  private static final String OLD_ID = "clm_sess_";
  private static final SecureRandom RANDOM = new SecureRandom();

  private final AccountStore accounts;
  private final DeviceStore store;
  private final AccountLimits limits;
  private final InstantSource clock;

  Devices(AccountStore accounts, DeviceStore store, AccountLimits limits, InstantSource clock) {
    this.accounts = accounts;
    this.store = store;
    this.limits = limits;
    this.clock = clock;
  }

  /// What a start made.
  ///
  /// @param deviceCode what the command line asks with
  private record Begun(String deviceCode, DeviceRow row, String page) {}

  Reply handle(DeviceRequest<?> request, Caller caller) {
    return switch (request) {
      case DeviceRequest.Start start -> started(start, caller);
      case DeviceRequest.Poll poll -> polled(poll.code(), caller);
      case DeviceRequest.Show show -> waiting(DeviceRules.typed(show.code()));
      case DeviceRequest.Approve approve -> decided(approve.code(), true, caller);
      case DeviceRequest.Deny deny -> decided(deny.code(), false, caller);
      case DeviceRequest.OldStart start -> oldStarted(start, caller);
      case DeviceRequest.OldPoll poll -> old(polled(poll.code(), caller));
      case DeviceRequest.OldApprove approve -> decided(approve.code(), true, caller);
    };
  }

  private DeviceReply.Started started(DeviceRequest.Start request, Caller caller) {
    Begun begun =
        begin(
            request.deviceName(),
            DeviceRules.device(request.deviceOs(), request.deviceArch()),
            caller);
    return new DeviceReply.Started(
        begun.deviceCode(),
        begun.row().userCode(),
        begun.page(),
        begun.row().expiresAt(),
        INTERVAL_SECONDS);
  }

  private DeviceReply.OldStarted oldStarted(DeviceRequest.OldStart request, Caller caller) {
    Begun begun =
        begin(request.hostname(), DeviceRules.device(request.platform(), request.arch()), caller);
    return new DeviceReply.OldStarted(
        begun.deviceCode(),
        begun.row().userCode(),
        OLD_ID + begun.row().id(),
        begun.row().expiresAt(),
        begun.page(),
        begun.page());
  }

  /// A code that somebody else has is drawn again.
  private Begun begin(Optional<String> name, Optional<String> device, Caller caller) {
    Instant now = clock.instant();
    String deviceCode = Ids.token();
    for (int drawn = 0; drawn < DRAWS; drawn++) {
      DeviceRow row =
          new DeviceRow(
              Ids.next(),
              DeviceRules.userCode(RANDOM),
              name.orElse("unnamed"),
              device,
              caller.remote().getHostAddress(),
              now,
              now.plus(DeviceRules.LIFE),
              Optional.empty(),
              false);
      if (store.insert(row, hash(deviceCode), limits.waitingDevices())) {
        return new Begun(deviceCode, row, Links.signIn(caller.publicUrl(), row.userCode()));
      }
    }
    throw new Problem(
        ProblemCode.BUSY, "Too many machines wait to be signed in. Try again in some minutes");
  }

  private DeviceReply.Polled polled(String deviceCode, Caller caller) {
    Instant now = clock.instant();
    String hash = hash(deviceCode);
    Optional<DeviceRow> row = store.byDevice(hash);
    if (row.isPresent() && !store.ask(hash, now)) {
      throw new Problem(
          ProblemCode.SLOW_DOWN,
          "Asked again too soon; once in " + DeviceRules.BETWEEN.toSeconds() + " s is enough",
          Wire.mapper().createObjectNode().put("retryAfterMs", DeviceRules.BETWEEN.toMillis()));
    }
    Status status = row.map(known -> DeviceRules.status(known, now)).orElse(Status.EXPIRED);
    return status == Status.APPROVED ? claimed(hash, row.orElseThrow(), now, caller) : said(status);
  }

  private DeviceReply.Polled claimed(String hash, DeviceRow row, Instant now, Caller caller) {
    AccountToken token = AccountToken.generate(Kind.SESSION);
    TokenRow session =
        new TokenRow(
            Ids.next(),
            row.decision().orElseThrow().accountId(),
            Kind.SESSION,
            row.name(),
            row.device(),
            now,
            AccountRules.end(Kind.SESSION, Optional.empty(), limits, now),
            Optional.empty(),
            false);
    Trace trace = new Trace("issued", caller.remote().getHostAddress());
    if (!row.claimed() && store.claim(hash, session, token.hash(), limits.tokens(), trace)) {
      AccountRow account = accounts.byId(session.accountId()).orElseThrow(Credentials::unknown);
      return new DeviceReply.Polled(
          Status.APPROVED,
          Optional.of(token.text()),
          session.expiresAt(),
          Optional.of(AccountHandler.user(account)),
          Optional.empty());
    }
    return new DeviceReply.Polled(
        Status.APPROVED, Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(true));
  }

  private static DeviceReply.Polled said(Status status) {
    return new DeviceReply.Polled(
        status, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static DeviceReply.OldPolled old(DeviceReply.Polled polled) {
    String status =
        switch (polled.status()) {
          case PENDING -> "pending";
          case APPROVED -> polled.claimed().isPresent() ? "consumed" : "approved";
          case DENIED, EXPIRED -> "expired";
        };
    return new DeviceReply.OldPolled(status, polled.token(), polled.user());
  }

  private DeviceReply.Waiting waiting(String userCode) {
    DeviceRow row = store.byUserCode(userCode).orElseThrow(DeviceRules::unknown);
    return new DeviceReply.Waiting(
        row.userCode(),
        row.name(),
        row.device(),
        row.address(),
        row.createdAt(),
        row.expiresAt(),
        DeviceRules.status(row, clock.instant()));
  }

  private MeshReply.Ok decided(String code, boolean approved, Caller caller) {
    SignedIn by = caller.requireAccount();
    DeviceRules.checkDecides(by);
    Instant now = clock.instant();
    Optional<DeviceRow> row =
        code.startsWith(OLD_ID)
            ? store.byId(code.substring(OLD_ID.length()))
            : store.byUserCode(DeviceRules.typed(code));
    DeviceRow.Decision decision = new DeviceRow.Decision(by.accountId(), approved, now);
    if (row.isEmpty()
        || !store.decide(row.get().id(), decision, caller.remote().getHostAddress())) {
      throw DeviceRules.undecidable(row.flatMap(known -> store.byId(known.id())), now);
    }
    return new MeshReply.Ok(true);
  }

  private static String hash(String deviceCode) {
    return Keys.sha256Hex(deviceCode.getBytes(StandardCharsets.UTF_8));
  }

  void prune(Instant now) {
    store.prune(now.minus(DeviceRules.KEPT));
  }
}
