package io.tenantry.worker.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.internals.Exit;
import org.jspecify.annotations.Nullable;

/** The main class of the broker's own JVM: formats the storage when it is new, then runs Kafka. */
final class KafkaBrokerProcess {
    static final String AFTER_A_CRASH = "after-a-crash";

    private KafkaBrokerProcess() {}

    /**
     * Ends with its parent, and then removes the folder of its settings and data.
     *
     * @param args the broker's folder, with its server.properties; {@link #AFTER_A_CRASH} if it was killed
     */
    public static void main(String[] args) throws Exception {
        Folder folder = new Folder(Path.of(args[0]));
        Path properties = EmbeddedKafkaBroker.properties(folder);
        ParentWatch.start(line -> {}, () -> vanish(folder));
        if (!isFormatted(folder)) {
            String[] format = {"format", "-t", Uuid.randomUuid().toString(), "-c", properties.toString()};
            int status = StorageTool.execute(format, System.out);
            if (status != 0) {
                System.exit(status);
            }
        }
        if (List.of(args).contains(AFTER_A_CRASH)) {
            ControllerAlone.untilTheBrokerIsFenced(properties);
        }
        Kafka.main(new String[] {properties.toString()});
    }

    private static void vanish(Folder folder) {
        // Kafka ends its process when it misses a file; it must not do so before the last one is deleted.
        Exit.setExitProcedure(KafkaBrokerProcess::waitForTheEnd);
        Exit.setHaltProcedure(KafkaBrokerProcess::waitForTheEnd);
        folder.delete();
        // Not exit: an orderly shutdown of Kafka may take long, and nobody is left to wait for it.
        Runtime.getRuntime().halt(1);
    }

    private static void waitForTheEnd(int status, @Nullable String message) {
        while (true) {
            LockSupport.park();
        }
    }

    private static boolean isFormatted(Folder folder) {
        return Files.exists(EmbeddedKafkaBroker.data(folder).resolve("meta.properties"));
    }
}
