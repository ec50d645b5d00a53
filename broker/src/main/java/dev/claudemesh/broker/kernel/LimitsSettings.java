package dev.claudemesh.broker.kernel;

import dev.claudemesh.broker.kernel.LimitsConfig.Knowledge;
import dev.claudemesh.broker.kernel.LimitsConfig.Rates;
import dev.claudemesh.broker.kernel.LimitsConfig.Services;
import dev.claudemesh.broker.kernel.LimitsConfig.Shared;
import dev.claudemesh.broker.kernel.LimitsConfig.Sizes;
import dev.claudemesh.broker.kernel.LimitsConfig.Sql;
import dev.claudemesh.broker.kernel.LimitsConfig.Timing;
import dev.claudemesh.broker.kernel.LimitsConfig.Work;
import java.time.Duration;

/// Limits as the settings have them; those that no setting names have their default.
final class LimitsSettings {
  private LimitsSettings() {}

  static LimitsConfig read(Settings settings) {
    return new LimitsConfig(
        timing(settings),
        rates(settings),
        sizes(settings),
        Shared.DEFAULTS,
        Services.DEFAULTS,
        Work.DEFAULTS,
        Sql.DEFAULTS.withBytes(
            (long) settings.whole(Setting.SQL_QUOTA_MB) << 20,
            (long) settings.whole(Setting.SQL_TOTAL_MB) << 20),
        Knowledge.DEFAULTS,
        AccountLimits.DEFAULTS,
        LimitsConfig.Approvals.DEFAULTS,
        MailLimits.DEFAULTS);
  }

  private static Timing timing(Settings settings) {
    return new Timing(
        Duration.ofSeconds(settings.whole(Setting.PING_INTERVAL_SECONDS)),
        Duration.ofSeconds(settings.whole(Setting.PONG_TIMEOUT_SECONDS)),
        Duration.ofSeconds(settings.whole(Setting.HELLO_DEADLINE_SECONDS)),
        Duration.ofSeconds(settings.whole(Setting.PRESENCE_GRACE_SECONDS)),
        Duration.ofSeconds(settings.whole(Setting.ACK_LEASE_SECONDS)),
        Duration.ofDays(settings.whole(Setting.MESSAGE_TTL_DAYS)),
        Timing.DEFAULTS.finishedKept(),
        Duration.ofSeconds(settings.whole(Setting.STATUS_TTL_SECONDS)),
        Duration.ofSeconds(settings.whole(Setting.HOOK_FRESH_WINDOW_SECONDS)),
        Timing.DEFAULTS.pendingStatus(),
        Timing.DEFAULTS.sweep(),
        Timing.DEFAULTS.clockSkew(),
        Timing.DEFAULTS.databaseAcquire(),
        Timing.DEFAULTS.stop());
  }

  private static Rates rates(Settings settings) {
    return new Rates(
        settings.whole(Setting.SEND_RATE_PER_MINUTE),
        settings.whole(Setting.SEND_BURST),
        Rates.DEFAULTS.framesPerMinute(),
        Rates.DEFAULTS.frameBurst(),
        Rates.DEFAULTS.openCallsPerMinute(),
        Rates.DEFAULTS.openCallBurst(),
        settings.whole(Setting.HOOK_RATE_LIMIT_PER_MIN),
        settings.whole(Setting.MAX_HOPS),
        settings.whole(Setting.REPEAT_LIMIT_PER_MINUTE));
  }

  private static Sizes sizes(Settings settings) {
    Sizes own = Sizes.DEFAULTS;
    int frameBytes = settings.whole(Setting.MAX_MESSAGE_BYTES);
    return new Sizes(
        settings.whole(Setting.MAX_CONNECTIONS_PER_MESH),
        own.connections(),
        own.socketsPerAddress(),
        frameBytes,
        Math.max(frameBytes, own.largeFrameBytes()),
        Math.max(frameBytes, own.httpBodyBytes()),
        own.laneFrames(),
        own.pendingSends(),
        own.outboundHighBytes(),
        own.outboundLowBytes(),
        own.outboundLimitBytes(),
        own.inFlightPerPeer(),
        own.writerQueue(),
        own.writerBatch(),
        own.finishedMessages(),
        own.recipientsPerMessage(),
        own.groupsPerPeer(),
        own.databaseConnections(),
        own.rateBuckets());
  }
}
