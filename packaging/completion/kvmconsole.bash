# Completion of kvmconsole for bash: what can stand there the program says itself (`kvmconsole list words -- WORD..`), out of its own tables.
_kvmconsole() {
  local words=() i word next help typed stays
  # Readline cuts words at = and : too; here they are whole again. An empty one behind an = is a word of its own.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [ ${#words[@]} -gt 0 ] && { [[ $word == [=:]* ]] || { [[ ${COMP_WORDS[i - 1]} == *[=:] ]] && [ -n "$word" ]; }; }; then words[${#words[@]} - 1]+=$word; else words+=("$word"); fi
  done
  typed=${words[${#words[@]} - 1]} stays=
  # What readline replaces is what stands behind the last place where it cut.
  case $COMP_WORDBREAKS in *=*) [[ $typed == *=* ]] && stays=${typed%"${typed##*=}"} ;; esac
  COMPREPLY=()
  while IFS=$'\t' read -r next help; do
    if [ "$next" = :files ]; then
      COMPREPLY+=($(compgen -f -- "${typed#"$stays"}"))
      compopt -o filenames 2>/dev/null
      continue
    fi
    case $next in *= | *,) compopt -o nospace 2>/dev/null ;; esac
    COMPREPLY+=("${next#"$stays"}")
  done < <("${COMP_WORDS[0]}" list words -- "${words[@]}" 2>/dev/null)
}
complete -F _kvmconsole kvmconsole
