package dev.claudemesh.bench.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// What goes wrong when: everything that is random about a run and not the system's own, drawn from
/// a seed. Pure; the same seed and length give the same schedule.
///
/// Two things may be wrong at once: one in the middle (broker, database) and one at the edge
/// (clients, network). In each of the two, every kind comes once before any comes again.
///
/// @param external whether the database is a server of its own, which outlives the broker, rather
///   than the broker's child
/// @param fixed whether all sessions count as present all the time (a long grace); otherwise the
///   grace is short and sessions leave
record Schedule(
    long seed, boolean external, boolean fixed, List<Planned> middle, List<Planned> edge) {

  /// One fault and the pause before it.
  record Planned(Duration after, Fault fault) {}

  /// How close faults follow each other, and how long they take.
  ///
  /// @param pause mean time between the end of one and the next
  /// @param held mean time that one takes
  record Pace(Duration pause, Duration held) {
    static final Pace USUAL = new Pace(Duration.ofSeconds(4), Duration.ofSeconds(4));
    static final Pace HASTY = new Pace(Duration.ofMillis(1_200), Duration.ofMillis(1_800));
  }

  static Schedule draw(long seed, Duration length, Pace pace, int processes) {
    RandomGenerator random = new SplittableRandom(seed);
    boolean external = random.nextBoolean();
    boolean fixed = random.nextInt(4) != 0;
    Dice dice = new Dice(random, pace, processes);
    return new Schedule(
        seed,
        external,
        fixed,
        dice.lane(length, List.of(Middle.values())),
        dice.lane(length, List.of(Edge.values())));
  }

  Schedule with(boolean databaseExternal, boolean sessionsFixed) {
    return new Schedule(seed, databaseExternal, sessionsFixed, middle, edge);
  }

  private interface Kind {
    Fault draw(Dice dice);
  }

  private enum Middle implements Kind {
    BROKER_KILL,
    BROKER_RESTART,
    BROKER_PAUSE,
    DATABASE_KILL,
    BACKEND_KILL,
    DATABASE_PAUSE,
    DATABASE_CUT,
    TABLE_LOCK,
    SLOTS_TAKEN,
    BROKER_CLOCK;

    @Override
    public Fault draw(Dice dice) {
      return switch (this) {
        case BROKER_KILL -> new Fault.BrokerKill(dice.held());
        case BROKER_RESTART -> new Fault.BrokerRestart();
        case BROKER_PAUSE -> new Fault.BrokerPause(dice.lengthy());
        case DATABASE_KILL -> new Fault.DatabaseKill(dice.held());
        case BACKEND_KILL -> new Fault.BackendKill();
        case DATABASE_PAUSE -> new Fault.DatabasePause(dice.lengthy());
        case DATABASE_CUT -> new Fault.DatabaseCut();
        case TABLE_LOCK -> new Fault.TableLock(dice.lengthy());
        case SLOTS_TAKEN -> new Fault.SlotsTaken(dice.held());
        case BROKER_CLOCK -> new Fault.BrokerClock(dice.jump(), dice.lengthy());
      };
    }
  }

  private enum Edge implements Kind {
    CLIENT_KILL,
    CLIENT_PAUSE,
    CUT,
    HALF_OPEN,
    STALL,
    SLOW,
    CLIENT_CLOCK;

    @Override
    public Fault draw(Dice dice) {
      return switch (this) {
        case CLIENT_KILL -> new Fault.ClientKill(dice.process(), dice.held());
        case CLIENT_PAUSE -> new Fault.ClientPause(dice.process(), dice.lengthy());
        case CUT -> new Fault.Cut(dice.process());
        case HALF_OPEN -> dice.halfOpen();
        case STALL -> new Fault.Stall(dice.process(), dice.random.nextBoolean(), dice.lengthy());
        case SLOW ->
            new Fault.Slow(
                dice.process(), Duration.ofMillis(5 + dice.random.nextInt(200)), dice.held());
        case CLIENT_CLOCK -> new Fault.ClientClock(dice.process(), dice.jump(), dice.lengthy());
      };
    }
  }

  private record Dice(RandomGenerator random, Pace pace, int processes) {
    List<Planned> lane(Duration length, List<? extends Kind> kinds) {
      List<Planned> lane = new ArrayList<>();
      Duration planned = Duration.ZERO;
      while (planned.compareTo(length) < 0) {
        List<Kind> shuffled = new ArrayList<>(kinds);
        Collections.shuffle(shuffled, random);
        for (Kind kind : shuffled) {
          Planned next = new Planned(around(pace.pause()), kind.draw(this));
          lane.add(next);
          planned = planned.plus(next.after()).plus(pace.held());
        }
      }
      return List.copyOf(lane);
    }

    Duration around(Duration mean) {
      return Duration.ofMillis(mean.toMillis() / 4 + random.nextLong(mean.toMillis() * 3 / 2));
    }

    Duration held() {
      return around(pace.held());
    }

    /// Now and then so long that the other side loses patience.
    Duration lengthy() {
      return random.nextInt(3) == 0 ? held().multipliedBy(4) : held();
    }

    int process() {
      return random.nextInt(processes);
    }

    /// Within what a hello may be off, or far beyond.
    Duration jump() {
      int seconds = random.nextBoolean() ? 10 + random.nextInt(40) : 600;
      return Duration.ofSeconds(random.nextBoolean() ? seconds : -seconds);
    }

    Fault halfOpen() {
      int which = random.nextInt(3);
      return new Fault.HalfOpen(process(), which != 1, which != 2);
    }
  }

  Stream<Planned> all() {
    return Stream.concat(middle.stream(), edge.stream());
  }
}
