package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.services.ServiceRequest;
import java.time.Duration;

/// Every limit of the broker. What happens at a limit stands beside it. Those of meshes stand here,
/// those of accounts and of mail in records of their own.
public record LimitsConfig(
    Timing timing,
    Rates rates,
    Sizes sizes,
    Shared shared,
    Services services,
    Work work,
    Sql sql,
    Knowledge knowledge,
    AccountLimits accounts,
    Approvals approvals,
    MailLimits mail) {

  public LimitsConfig withTiming(Timing changed) {
    return new LimitsConfig(
        changed, rates, sizes, shared, services, work, sql, knowledge, accounts, approvals, mail);
  }

  public LimitsConfig withRates(Rates changed) {
    return new LimitsConfig(
        timing, changed, sizes, shared, services, work, sql, knowledge, accounts, approvals, mail);
  }

  public LimitsConfig withSizes(Sizes changed) {
    return new LimitsConfig(
        timing, rates, changed, shared, services, work, sql, knowledge, accounts, approvals, mail);
  }

  public LimitsConfig withShared(Shared changed) {
    return new LimitsConfig(
        timing, rates, sizes, changed, services, work, sql, knowledge, accounts, approvals, mail);
  }

  public LimitsConfig withWork(Work changed) {
    return new LimitsConfig(
        timing, rates, sizes, shared, services, changed, sql, knowledge, accounts, approvals, mail);
  }

  public LimitsConfig withServices(Services changed) {
    return new LimitsConfig(
        timing, rates, sizes, shared, changed, work, sql, knowledge, accounts, approvals, mail);
  }

  public LimitsConfig withSql(Sql changed) {
    return new LimitsConfig(
        timing, rates, sizes, shared, services, work, changed, knowledge, accounts, approvals,
        mail);
  }

  public LimitsConfig withAccounts(AccountLimits changed) {
    return new LimitsConfig(
        timing, rates, sizes, shared, services, work, sql, knowledge, changed, approvals, mail);
  }

  public LimitsConfig withMail(MailLimits changed) {
    return new LimitsConfig(
        timing, rates, sizes, shared, services, work, sql, knowledge, accounts, approvals, changed);
  }

  public LimitsConfig withKnowledge(Knowledge changed) {
    return new LimitsConfig(
        timing, rates, sizes, shared, services, work, sql, changed, accounts, approvals, mail);
  }

  /// How long things may take.
  ///
  /// @param pingInterval how often each connection is pinged
  /// @param pongTimeout silence after which a connection is terminated
  /// @param helloDeadline time to say hello, then close 1008 `hello_timeout`
  /// @param presenceGrace how long a peer is kept without a socket, then `peer_left`
  /// @param ackLease how long a pushed message waits for its `client_ack`, then it is pushed again
  /// @param messageTtl how long an undelivered message is kept, then it is `expired`
  /// @param finishedKept how long a message is remembered after it was accepted and everybody has
  ///   it, for `message_status` and repeated sends
  /// @param statusTtl how long a `working` from a hook holds without news, then idle
  /// @param hookFresh how long a hook outranks weaker sources
  /// @param pendingStatus how long a hook's report waits for its session to say hello
  /// @param sweep how often leases, statuses and grace are looked at
  /// @param clockSkew how far a signed timestamp may be off, then `timestamp_skew`
  /// @param databaseAcquire how long a request waits for a database connection, then `busy`
  /// @param stop how long a graceful stop waits for lanes and writer
  public record Timing(
      Duration pingInterval,
      Duration pongTimeout,
      Duration helloDeadline,
      Duration presenceGrace,
      Duration ackLease,
      Duration messageTtl,
      Duration finishedKept,
      Duration statusTtl,
      Duration hookFresh,
      Duration pendingStatus,
      Duration sweep,
      Duration clockSkew,
      Duration databaseAcquire,
      Duration stop) {
    public static final Timing DEFAULTS =
        new Timing(
            Duration.ofSeconds(30),
            Duration.ofSeconds(75),
            Duration.ofSeconds(10),
            Duration.ofSeconds(90),
            Duration.ofSeconds(30),
            Duration.ofDays(7),
            Duration.ofDays(1),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(15),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10));

    /// The same with another ping and another patience for its answer.
    public Timing withPing(Duration interval, Duration timeout) {
      return new Timing(
          interval,
          timeout,
          helloDeadline,
          presenceGrace,
          ackLease,
          messageTtl,
          finishedKept,
          statusTtl,
          hookFresh,
          pendingStatus,
          sweep,
          clockSkew,
          databaseAcquire,
          stop);
    }

    /// The same with another time to say hello.
    public Timing withHelloDeadline(Duration deadline) {
      return new Timing(
          pingInterval,
          pongTimeout,
          deadline,
          presenceGrace,
          ackLease,
          messageTtl,
          finishedKept,
          statusTtl,
          hookFresh,
          pendingStatus,
          sweep,
          clockSkew,
          databaseAcquire,
          stop);
    }
  }

  /// How often things may happen. Above a rate the answer is `rate_limited`; 0 means no limit.
  ///
  /// @param sendsPerMinute messages of one member, refilled evenly
  /// @param sendBurst messages one member may send at once
  /// @param framesPerMinute frames of one connection other than messages, and other than two for
  ///   each message that was pushed to it, which are for its confirmations
  /// @param frameBurst frames at once
  /// @param openCallsPerMinute hellos and HTTP calls of one address before anything was proven
  /// @param openCallBurst such calls at once
  /// @param hooksPerMinute hook reports of one session
  /// @param maxHops agent messages in one chain of answers, then `loop_suspected`
  /// @param repeatsPerMinute identical texts to one peer; told to clients, who alone can see texts
  public record Rates(
      int sendsPerMinute,
      int sendBurst,
      int framesPerMinute,
      int frameBurst,
      int openCallsPerMinute,
      int openCallBurst,
      int hooksPerMinute,
      int maxHops,
      int repeatsPerMinute) {
    public static final Rates DEFAULTS = new Rates(600, 100, 12_000, 2_000, 1_200, 300, 30, 30, 5);
  }

  /// How much there may be of things.
  ///
  /// @param connectionsPerMesh then `capacity`
  /// @param connections sockets in all; further ones are closed at once
  /// @param socketsPerAddress WebSockets of one address; further ones are closed at once
  /// @param frameBytes largest frame, then close 1009
  /// @param largeFrameBytes largest frame of a peer that says `large_frames`
  /// @param httpBodyBytes largest body of an HTTP call, then 413
  /// @param laneFrames frames of one connection that wait for its lane; then its socket is not read
  ///   until half are done
  /// @param pendingSends sends of one connection that wait for their commit; then its lane waits
  /// @param outboundHighBytes unsent bytes above which a connection is not writable
  /// @param outboundLowBytes unsent bytes below which it is writable again
  /// @param outboundLimitBytes unsent bytes at which it is closed, 1013 `slow_consumer`
  /// @param inFlightPerPeer messages pushed and not yet confirmed
  /// @param writerQueue messages that wait to be written, all connections together; then `busy`
  /// @param writerBatch messages of one commit
  /// @param finishedMessages messages of all; beyond it the oldest finished ones are removed before
  ///   their time
  /// @param recipientsPerMessage copies of one message, then `limit`
  /// @param groupsPerPeer groups of one session, then `limit`
  /// @param databaseConnections connections of the pool
  /// @param rateBuckets members or addresses a rate is remembered for; then the longest unused is
  ///   forgotten
  public record Sizes(
      int connectionsPerMesh,
      int connections,
      int socketsPerAddress,
      int frameBytes,
      int largeFrameBytes,
      int httpBodyBytes,
      int laneFrames,
      int pendingSends,
      int outboundHighBytes,
      int outboundLowBytes,
      int outboundLimitBytes,
      int inFlightPerPeer,
      int writerQueue,
      int writerBatch,
      int finishedMessages,
      int recipientsPerMessage,
      int groupsPerPeer,
      int databaseConnections,
      int rateBuckets) {
    public static final Sizes DEFAULTS =
        new Sizes(
            1_000, 20_000, 10_000, 65_536, 1_048_576, 1_048_576, 16, 128, 262_144, 65_536,
            4_194_304, 1_024, 1_024, 512, 1_000_000, 10_000, 50, 8, 100_000);
  }

  /// How much a mesh may share. At a count the answer is `limit`, at a size `too_large`.
  ///
  /// @param listed entries of one list; the answer tells how to ask for more
  /// @param listedBytes texts of one list, about; the same
  /// @param stateKeys shared values
  /// @param valueBytes of one shared value, or one piece of a stream's data, as JSON
  /// @param streams announced streams
  /// @param subscriptions streams one session listens to
  /// @param skills shared skills; bounds what `list_skills` tells
  public record Shared(
      int listed,
      int listedBytes,
      int stateKeys,
      int valueBytes,
      int streams,
      int subscriptions,
      int skills) {
    public static final Shared DEFAULTS =
        new Shared(1_000, 524_288, 10_000, 32_768, 1_000, 100, 500);
  }

  /// Tools that members lend each other.
  ///
  /// @param serversPerMesh then `limit`; bounds what `mcp_list` tells
  /// @param registrationBytes descriptions and schemas of one server, then `limit`
  /// @param argumentBytes of one call, then `too_large`
  /// @param resultBytes of one call, then its caller is told so instead
  /// @param callsPerMember calls of one member on their way, then `limit`
  /// @param callsPerHost calls one host has to answer, then `limit`
  /// @param patience how long an answer or progress is waited for unless the caller says
  /// @param longest after which a call ends whatever progress it makes
  public record Services(
      int serversPerMesh,
      int registrationBytes,
      int argumentBytes,
      int resultBytes,
      int callsPerMember,
      int callsPerHost,
      Duration patience,
      Duration longest) {
    public static final Services DEFAULTS =
        new Services(
            50,
            262_144,
            393_216,
            ServiceRequest.MOST_RESULT,
            32,
            64,
            Duration.ofSeconds(30),
            Duration.ofMinutes(30));
  }

  /// What the members of a mesh divide among themselves, and what they put off.
  ///
  /// @param unfinishedTasks tasks that are neither done nor cancelled, then `limit`
  /// @param finishedTasks tasks that are; beyond it those that ended first are removed
  /// @param claims globs that are claimed, then `limit`
  /// @param claimsPerPeer globs that one session claims, then `limit`
  /// @param claimFor how long a claim holds unless its maker says
  /// @param scheduled messages that wait for their time, then `limit`
  /// @param scheduledOfMember the same of one member
  public record Work(
      int unfinishedTasks,
      int finishedTasks,
      int claims,
      int claimsPerPeer,
      Duration claimFor,
      int scheduled,
      int scheduledOfMember) {
    public static final Work DEFAULTS =
        new Work(10_000, 10_000, 2_000, 200, Duration.ofMinutes(30), 10_000, 200);
  }

  /// SQL that members run in their mesh's own database.
  ///
  /// @param statement how long one call may run, then it is ended
  /// @param connections calls at once, all meshes together; further ones wait, then `busy`
  /// @param perMesh calls of one mesh at once, then `busy`
  /// @param rows of one result; it says that there are more
  /// @param resultBytes of all rows of one result as JSON; the same
  /// @param listedColumns columns that the list of tables has; the same
  /// @param quotaBytes of a mesh's tables with their indexes on disk, then `limit`
  /// @param totalBytes of all meshes on disk, definitions and what is gone but not yet vacuumed
  ///   included, then `limit`
  /// @param relations tables, indexes, views and sequences of a mesh, then `limit`
  public record Sql(
      Duration statement,
      int connections,
      int perMesh,
      int rows,
      int resultBytes,
      int listedColumns,
      long quotaBytes,
      long totalBytes,
      int relations) {
    public static final Sql DEFAULTS =
        new Sql(Duration.ofSeconds(5), 4, 2, 1_000, 262_144, 5_000, 256L << 20, 8_192L << 20, 500);

    /// The same with other sizes on disk.
    public Sql withBytes(long quota, long total) {
      return new Sql(
          statement,
          connections,
          perMesh,
          rows,
          resultBytes,
          listedColumns,
          quota,
          total,
          relations);
    }
  }

  /// What a mesh knows: its memories, and the contexts of its sessions.
  ///
  /// @param memories of a mesh, then `limit`
  /// @param recall how long one statement of a search may run, then `busy`
  /// @param contexts of one member; beyond it the one that was told longest ago goes
  public record Knowledge(int memories, Duration recall, int contexts) {
    public static final Knowledge DEFAULTS = new Knowledge(2_000_000, Duration.ofSeconds(2), 20);
  }

  /// What sessions ask people to allow, in memory while it is open: requests of one asking member,
  /// characters for one who is asked, and in all. Beyond any of them the answer is `limit`.
  public record Approvals(int openPerMember, int heldForMember, int held) {
    public static final Approvals DEFAULTS = new Approvals(64, 2_000_000, 64_000_000);
  }

  public static final LimitsConfig DEFAULTS =
      new LimitsConfig(
          Timing.DEFAULTS,
          Rates.DEFAULTS,
          Sizes.DEFAULTS,
          Shared.DEFAULTS,
          Services.DEFAULTS,
          Work.DEFAULTS,
          Sql.DEFAULTS,
          Knowledge.DEFAULTS,
          AccountLimits.DEFAULTS,
          Approvals.DEFAULTS,
          MailLimits.DEFAULTS);
}
