package io.tenantry.worker.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command that runs a PostgreSQL server in a small shell: the shell stops the server and deletes its folder when its
 * standard input ends, because the process that started it is gone. It ends when the server ends.
 */
record PostgresServerProcess(Folder folder, PostgresInstallation installation) {
    /** Arguments: the server's folder, its data, the data of a new server, the command of the server. */
    private static final String SCRIPT = """
            trap '' HUP INT TERM
            folder=$0; data=$1; new=$2; shift 2
            [ -e "$data" ] || { cp -R -p "$new" "$data"; chmod 700 "$data"; }
            exec 3<&0
            "$@" 3<&- & server=$!
            { read -r line <&3; : > "$folder/abandoned"; kill -QUIT $server; kill -CONT $server; } & watch=$!
            wait $server
            kill -KILL $watch 2> /dev/null
            if [ -e "$folder/abandoned" ]; then rm -rf -- "$folder"; fi
            """;

    /**
     * The command of the shell.
     *
     * @param settings of the server, as name=value
     */
    List<String> command(int port, List<String> settings) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", SCRIPT));
        command.add(folder.path().toString());
        command.add(data().toString());
        command.add(installation.newData().toString());
        if (isRoot()) {
            // PostgreSQL refuses to run as root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(installation.postgres().toString(), "-D", data().toString(), "-p"));
        command.add(Integer.toString(port));
        for (String setting : settings) {
            command.addAll(List.of("-c", setting));
        }
        return command;
    }

    Path data() {
        return folder.resolve("data");
    }

    private boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(folder.path(), "unix:uid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
