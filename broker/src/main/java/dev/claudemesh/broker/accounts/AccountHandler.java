package dev.claudemesh.broker.accounts;

import dev.claudemesh.broker.accounts.AccountStore.Trace;
import dev.claudemesh.broker.kernel.AccountCalls;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.HttpCall;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.Links;
import dev.claudemesh.broker.kernel.MailAddress;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.RateBuckets;
import dev.claudemesh.broker.kernel.SignedIn;
import dev.claudemesh.broker.mail.Mailer;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.accounts.AccountMeshRequest;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import dev.claudemesh.protocol.accounts.CodeRequest;
import dev.claudemesh.protocol.accounts.DeviceRequest;
import dev.claudemesh.protocol.accounts.OldAccountReply;
import dev.claudemesh.protocol.accounts.OldAccountRequest;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Door of the room accounts. Where the operator did not turn accounts on, every call of it says so
/// and nothing is read.
///
/// Owns the threads that hash passwords; {@link #stop} ends them.
public final class AccountHandler implements Handler<AccountRequest<?>>, AccountCalls {
  private static final Duration ENDED_KEPT = Duration.ofDays(90);
  private static final Duration EVENTS_KEPT = Duration.ofDays(365);

  private final boolean on;
  private final AccountStore store;
  private final PasswordHasher hasher;
  private final Credentials credentials;
  private final Devices devices;
  private final Codes codes;
  private final AccountMeshStore meshStore;
  private final AccountMeshes meshes;
  private final OldAccounts old;
  private final InstantSource clock;
  private final AccountLimits limits;
  private final RateBuckets<String> triesOfName;
  private final RateBuckets<InetAddress> triesFrom;

  /// @param on whether the operator wants accounts
  public AccountHandler(Kernel kernel, boolean on, Mailer mailer, Links links) {
    this.on = on;
    this.clock = kernel.clock();
    this.limits = kernel.limits().accounts();
    this.store = new AccountStore(kernel.database());
    this.hasher = new PasswordHasher(limits);
    this.credentials = new Credentials(store, limits, clock);
    this.devices = new Devices(store, new DeviceStore(kernel.database()), limits, clock);
    int remembered = kernel.limits().sizes().rateBuckets();
    this.codes =
        new Codes(
            store,
            new CodeStore(kernel.database()),
            hasher,
            mailer,
            kernel.limits().mail(),
            remembered,
            clock);
    this.meshStore = new AccountMeshStore(kernel.database());
    this.meshes = new AccountMeshes(kernel, meshStore, links);
    this.old = new OldAccounts(credentials, meshes, links);
    this.triesOfName =
        new RateBuckets<>(limits.triesPerMinute(), limits.tryBurst(), remembered, clock);
    this.triesFrom =
        new RateBuckets<>(limits.triesPerMinuteFrom(), limits.tryBurstFrom(), remembered, clock);
  }

  @Override
  public SignedIn signedIn(HttpCall call) {
    requireOn();
    return credentials.of(call);
  }

  @Override
  public Optional<MemberId> member(SignedIn self, String mesh, Optional<PublicKey> signer) {
    return meshStore.member(self.accountId(), mesh, signer);
  }

  @Override
  public Outcome handle(AccountRequest<?> request, Caller caller) {
    requireOn();
    return Outcome.of(
        switch (request) {
          case AccountRequest.Register register -> register(register, caller);
          case AccountRequest.Login login -> login(login, caller);
          case AccountRequest.Logout _ -> logout(caller);
          case AccountRequest.ChangePassword change -> changePassword(change, caller);
          case AccountRequest.ShowProfile _ -> profile(caller.requireAccount());
          case AccountRequest.CreateToken create -> createToken(create, caller);
          case AccountRequest.ListTokens _ -> list(caller.requireAccount(), Kind.PAT);
          case AccountRequest.RevokeToken revoke -> revoke(caller, Kind.PAT, revoke.id());
          case AccountRequest.ListSessions _ -> list(caller.requireAccount(), Kind.SESSION);
          case AccountRequest.RevokeSession revoke -> revoke(caller, Kind.SESSION, revoke.id());
          case DeviceRequest<?> device -> device(device, caller);
          case CodeRequest<?> code -> code(code, caller);
          case AccountMeshRequest<?> mesh -> meshes.handle(mesh, caller);
          case OldAccountRequest<?> asked -> old(asked, caller);
        });
  }

  private Reply device(DeviceRequest<?> request, Caller caller) {
    if (request instanceof DeviceRequest.Start || request instanceof DeviceRequest.OldStart) {
      triesFrom.take(caller.remote(), "Too many sign-ins begun from your network address");
    }
    return devices.handle(request, caller);
  }

  private Reply old(OldAccountRequest<?> request, Caller caller) {
    return switch (request) {
      case OldAccountRequest.Sync sync -> old.sync(sync, caller);
      case OldAccountRequest.IssueToken issue ->
          OldAccounts.issued(issue, create -> createToken(create, caller));
      case OldAccountRequest.RevokeToken revoke -> revoked(revoke.token(), caller);
      case OldAccountRequest.Sessions _ ->
          OldAccounts.sessions(list(caller.requireAccount(), Kind.SESSION).tokens());
    };
  }

  /// Whoever has a token may end it, and learns only whether it was good.
  private OldAccountReply.Revoked revoked(String text, Caller caller) {
    boolean found =
        AccountToken.of(text)
            .flatMap(store::find)
            .filter(token ->
                store.revoke(
                    token.accountId(), token.kind(), token.id(), clock.instant(), address(caller)))
            .isPresent();
    return new OldAccountReply.Revoked(true, found);
  }

  private Reply code(CodeRequest<?> request, Caller caller) {
    return switch (request) {
      case CodeRequest.Send send -> {
        triesFrom.take(caller.remote(), "Too many codes asked for from your network address");
        yield codes.send(send.email(), caller);
      }
      case CodeRequest.Login login -> loginByCode(login, caller);
      case CodeRequest.Reset reset -> resetPassword(reset, caller);
    };
  }

  /// Whoever proves a mailbox first gets an account in which nobody else has a foot: its password,
  /// which anybody may have set, lets nobody in any more.
  private AccountReply.SignedIn loginByCode(CodeRequest.Login request, Caller caller) {
    AccountRow account = byCode(request.email(), request.code(), caller);
    if (!account.proven()) {
      String nobodys = hasher.hash(Ids.token());
      store.proveMailbox(account.id(), nobodys, clock.instant(), address(caller));
      account = store.byId(account.id()).orElseThrow(CodeRules::wrong);
    }
    return signIn(
        account,
        request.deviceName(),
        request.browser().orElse(false) ? Kind.WEB : Kind.SESSION,
        caller);
  }

  private MeshReply.Ok resetPassword(CodeRequest.Reset request, Caller caller) {
    AccountRow account = byCode(request.email(), request.code(), caller);
    String hash = hasher.hash(AccountRules.password(request.password()));
    store.proveMailbox(account.id(), hash, clock.instant(), address(caller));
    return new MeshReply.Ok(true);
  }

  private AccountRow byCode(String written, String code, Caller caller) {
    String email = MailAddress.of(written);
    mayTry(email, caller);
    return codes.proven(email, code);
  }

  private void requireOn() {
    if (!on) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "This broker has no accounts; its operator turns them on with BROKER_ACCOUNTS=true");
    }
  }

  /// A hash is made whether or not the address has an account, so that the answer takes as long.
  private MeshReply.Ok register(AccountRequest.Register request, Caller caller) {
    String email = MailAddress.of(request.email());
    mayTry(email, caller);
    String hash = hasher.hash(AccountRules.password(request.password()));
    store.insert(
        new AccountRow(
            Ids.next(),
            email,
            AccountRules.name(request.name(), email),
            hash,
            clock.instant(),
            false),
        limits.accounts());
    return new MeshReply.Ok(true);
  }

  private AccountReply.SignedIn login(AccountRequest.Login request, Caller caller) {
    String email = MailAddress.of(request.email());
    mayTry(email, caller);
    AccountRow account = proven(store.byEmail(email), request.password());
    if (codes.needed() && !account.proven()) {
      throw CodeRules.unproven();
    }
    return signIn(
        account,
        request.deviceName(),
        request.browser().orElse(false) ? Kind.WEB : Kind.SESSION,
        caller);
  }

  private AccountReply.SignedIn signIn(
      AccountRow account, Optional<String> device, Kind kind, Caller caller) {
    AccountToken token = AccountToken.generate(kind);
    Instant now = clock.instant();
    TokenRow row =
        Credentials.fresh(
            account.id(),
            kind,
            device.orElse("unnamed"),
            AccountRules.end(kind, Optional.empty(), limits, now),
            now);
    if (!store.issue(
        row,
        token.hash(),
        Optional.of(account.passwordHash()),
        limits.tokens(),
        trace("issued", caller))) {
      throw AccountRules.wrongPassword(); // it was changed just now
    }
    return new AccountReply.SignedIn(token.text(), row.expiresAt().orElseThrow(), user(account));
  }

  private void mayTry(String email, Caller caller) {
    triesFrom.take(caller.remote(), "Too many passwords from your network address");
    triesOfName.take(email, "Too many passwords for this address");
  }

  private AccountRow proven(Optional<AccountRow> account, String password) {
    String normal = AccountRules.password(password);
    if (account.isEmpty()) {
      hasher.matchNobody(normal);
      throw AccountRules.wrongPassword();
    }
    if (!hasher.matches(account.get().passwordHash(), normal)) {
      throw AccountRules.wrongPassword();
    }
    return account.get();
  }

  private MeshReply.Ok logout(Caller caller) {
    SignedIn self = caller.requireAccount();
    store.revoke(self.accountId(), self.kind(), self.tokenId(), clock.instant(), address(caller));
    return new MeshReply.Ok(true);
  }

  private MeshReply.Ok changePassword(AccountRequest.ChangePassword request, Caller caller) {
    SignedIn self = caller.requireAccount();
    AccountRules.checkPerson(self);
    AccountRow account = store.byId(self.accountId()).orElseThrow(AccountRules::wrongPassword);
    mayTry(account.email(), caller);
    proven(Optional.of(account), request.current());
    String hash = hasher.hash(AccountRules.password(request.password()));
    if (!store.changePassword(
        account.id(), account.passwordHash(), hash, clock.instant(), address(caller))) {
      throw AccountRules.wrongPassword();
    }
    return new MeshReply.Ok(true);
  }

  private AccountReply.Profile profile(SignedIn self) {
    AccountRow account = store.byId(self.accountId()).orElseThrow(Credentials::unknown);
    TokenRow token = store.byTokenId(self.tokenId()).orElseThrow(Credentials::unknown);
    return new AccountReply.Profile(
        user(account), account.createdAt(), Credentials.shown(token, self));
  }

  private AccountReply.TokenCreated createToken(AccountRequest.CreateToken request, Caller caller) {
    SignedIn self = caller.requireAccount();
    AccountRules.checkPerson(self);
    AccountToken token = AccountToken.generate(Kind.PAT);
    Instant now = clock.instant();
    TokenRow row =
        Credentials.fresh(
            self.accountId(),
            Kind.PAT,
            request.name(),
            AccountRules.end(Kind.PAT, request.expires(), limits, now),
            now);
    if (!store.issue(
        row, token.hash(), Optional.empty(), limits.tokens(), trace("issued", caller))) {
      throw new Problem(
          ProblemCode.LIMIT,
          "Your account has " + limits.tokens() + " personal access tokens; revoke some first");
    }
    return new AccountReply.TokenCreated(row.id(), row.name(), token.text(), row.expiresAt());
  }

  private AccountReply.Tokens list(SignedIn self, Kind kind) {
    AccountRules.checkPerson(self);
    return new AccountReply.Tokens(
        store.good(self.accountId(), kind, clock.instant(), limits.tokens()).stream()
            .map(token -> Credentials.shown(token, self))
            .toList());
  }

  private MeshReply.Ok revoke(Caller caller, Kind kind, String id) {
    SignedIn self = caller.requireAccount();
    AccountRules.checkPerson(self);
    if (!store.revoke(self.accountId(), kind, id, clock.instant(), address(caller))) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "Your account has no such " + (kind == Kind.PAT ? "token" : "session"));
    }
    return new MeshReply.Ok(true);
  }

  static AccountReply.User user(AccountRow account) {
    return new AccountReply.User(account.id(), account.email(), account.name());
  }

  private static Trace trace(String what, Caller caller) {
    return new Trace(what, address(caller));
  }

  private static String address(Caller caller) {
    return caller.remote().getHostAddress();
  }

  /// Removes what ended long ago.
  public void prune(Instant now) {
    devices.prune(now);
    codes.prune(now);
    store.prune(now.minus(ENDED_KEPT), now.minus(EVENTS_KEPT));
  }

  /// Ends the threads. May be called twice.
  public void stop() {
    hasher.stop();
  }
}
