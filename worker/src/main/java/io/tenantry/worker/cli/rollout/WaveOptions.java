package io.tenantry.worker.cli.rollout;

import io.tenantry.contracts.Wave;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The waves that {@code --canary}, {@code --wave}, {@code --soak} and {@code --pause-after} make together. */
final class WaveOptions {
    private static final String CANARY = "canary";

    private WaveOptions() {}

    /**
     * The waves in their order, the canary first; without the last one, of the left-over tenants.
     *
     * @param canary tenants of the first wave; empty means that there is no canary
     * @param soak goes for each wave that has none of its own, but not for one that takes all tenants that are left
     * @param pauseAfter names of waves, or their numbers from 1
     * @throws IllegalArgumentException if they do not fit together
     */
    static List<Wave> waves(
            List<String> canary, List<WaveOption> given, @Nullable Duration soak, List<String> pauseAfter) {
        List<WaveOption> sized = withoutRest(given);
        List<String> labels = labels(canary, sized);
        Set<Integer> pauses =
                pauseAfter.stream().map(wave -> index(wave, labels)).collect(Collectors.toSet());
        List<Wave> waves = new ArrayList<>();
        if (!canary.isEmpty()) {
            waves.add(new Wave(CANARY, canary, null, null, soak, pauses.contains(0) ? true : null));
        }
        for (WaveOption wave : sized) {
            waves.add(wave.wave(soak, pauses.contains(waves.size())));
        }
        if (soak != null && waves.isEmpty()) {
            throw new IllegalArgumentException(
                    "--soak is given without --canary or --wave; it is the time after each of these waves");
        }
        return waves;
    }

    private static List<WaveOption> withoutRest(List<WaveOption> given) {
        for (WaveOption wave : given.subList(0, Math.max(0, given.size() - 1))) {
            if (wave.isRest()) {
                throw new IllegalArgumentException(
                        "--wave rest is followed by another wave; expected it as the last one");
            }
        }
        return given.stream().filter(wave -> !wave.isRest()).toList();
    }

    /** Of the waves in their order; a wave without a name has its number. */
    private static List<String> labels(List<String> canary, List<WaveOption> sized) {
        List<String> labels = new ArrayList<>();
        if (!canary.isEmpty()) {
            labels.add(CANARY);
        }
        Set<String> names = new HashSet<>(labels);
        for (WaveOption wave : sized) {
            if (wave.name() != null && !names.add(wave.name())) {
                throw new IllegalArgumentException(
                        "two waves have the name " + wave.name() + "; expected different names");
            }
            labels.add(wave.name() == null ? Integer.toString(labels.size() + 1) : wave.name());
        }
        return labels;
    }

    private static int index(String wave, List<String> labels) {
        int named = labels.indexOf(wave);
        if (named >= 0) {
            return named;
        }
        for (int number = 1; number <= labels.size(); number++) {
            if (wave.equals(Integer.toString(number))) {
                return number - 1;
            }
        }
        throw new IllegalArgumentException("--pause-after is " + wave + "; expected "
                + (labels.isEmpty()
                        ? "no such option without --canary or --wave: there is no other wave to wait for"
                        : "one of " + String.join(", ", labels) + "; nothing comes after the last wave, the rest"));
    }
}
