#!/usr/bin/env escript
%%! -noinput +sbwt none
%% Compiles the agent and the build's own modules with the Erlang that runs this, then assembles the package:
%%   escript build.escript AGENT_SOURCES KEPT RELEASE OUT COMPILED ROOT
%% KEPT keeps the compiled modules, by what they are made of, since compiling takes longer than all the rest; for the
%% others see mayfly_release:main/1. Prints one JSON object.
-mode(compile).

main([Sources, Kept | Rest]) ->
    Here = filename:dirname(filename:absname(escript:script_name())),
    Folder = compiled(erl_files(Sources), erl_files(Here), Kept),
    Agent = filename:join(Folder, "agent"),
    Tools = filename:join(Folder, "tools"),
    code:add_pathsa([Agent, Tools]),
    io:setopts([{encoding, unicode}]),
    Result =
        try mayfly_release:main([Agent, Tools | Rest])
        catch throw:{problem, Kind, Text} ->
            #{<<"problem">> => Kind, <<"details">> => unicode:characters_to_binary(Text)}
        end,
    io:put_chars([mayfly_json:encode(Result), $\n]).

erl_files(Folder) -> filelib:wildcard(filename:join(Folder, "*.erl")).

compiled(AgentFiles, ToolFiles, Kept) ->
    Contents = [{filename:basename(File), file:read_file(File)} || File <- AgentFiles ++ ToolFiles],
    Made = term_to_binary({erlang:system_info(version), erlang:system_info(otp_release), Contents}),
    Name = binary_to_list(binary:encode_hex(erlang:md5(Made))),
    Folder = filename:join(Kept, Name),
    filelib:is_dir(Folder) orelse begin
        Partial = lists:flatten([Folder, ".", os:getpid(), ".partial"]),
        compile(AgentFiles, filename:join(Partial, "agent")),
        compile(ToolFiles, filename:join(Partial, "tools")),
        %% Another build that was faster has made the same.
        case file:rename(Partial, Folder) of
            ok -> ok;
            {error, _} -> true = filelib:is_dir(Folder), ok = file:del_dir_r(Partial)
        end
    end,
    Folder.

compile(Files, Folder) ->
    ok = filelib:ensure_path(Folder),
    Parent = self(),
    %% Without debug information and paths: the same bytes wherever it is compiled.
    Options = [deterministic, report_errors, {outdir, Folder}],
    Jobs = [spawn_link(fun() -> Parent ! {self(), compile:file(File, Options)} end) || File <- Files],
    [receive {Job, {ok, _}} -> ok; {Job, error} -> halt(1) end || Job <- Jobs].
