# Completion of kvmconsole for bash: what can stand there is asked of the program itself, whose tables it comes from.
_kvmconsole_words() { # of a list: the names alone
  "${COMP_WORDS[0]}" list "$1" 2>/dev/null | sed -n 's/^\([a-z0-9][a-z0-9-]*\) .*/\1/p'
}
_kvmconsole_keys() { # WHAT NAME: key= of its arguments
  "${COMP_WORDS[0]}" list "$1" 2>/dev/null | awk -v name="$2" '$1 == name { on = 1; next } /^[^ ]/ { on = 0 } on' | sed -n 's/.*Arguments: //p' | grep -oE '(^|[ [])[a-z_]+=' | tr -d ' ['
}
_kvmconsole() {
  local now=${COMP_WORDS[COMP_CWORD]} before= sub= what= name= i word
  [ "$COMP_CWORD" -gt 0 ] && before=${COMP_WORDS[COMP_CWORD - 1]}
  [ "$now" = = ] && now=
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
    -*) ;;
    =) ((i++)) ;;
    *) if [ -z "$sub" ]; then sub=$word; elif [ -z "$name" ]; then name=$word; fi ;;
    esac
    case $word in --world | --seed | --replay | --config | --log | --speed | --timeout | --sample | --size | --script | --confirm | --report | --view | --theme | --keymap | --only | --format | --book) ((i++)) ;; esac
  done
  case $before in
  --view | --theme) COMPREPLY=($(compgen -W "$(_kvmconsole_words "${before#--}s")" -- "$now")); return ;;
  --keymap) COMPREPLY=($(compgen -W "default vi fkeys" -f -- "$now")); return ;;
  --only) COMPREPLY=($(compgen -W "corosync pacemaker gluster libvirt" -- "$now")); return ;;
  --format) COMPREPLY=($(compgen -W "text ansi state svg" -- "$now")); return ;;
  --world | --replay | --config | --log | --script | --report) COMPREPLY=($(compgen -f -- "$now")); return ;;
  esac
  case $now in
  --demo=*) COMPREPLY=($(compgen -P --demo= -W "$(_kvmconsole_words scenarios)" -- "${now#--demo=}")); return ;;
  -*)
    COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" help $sub 2>/dev/null | sed -n 's/^  \(--[a-z-]*\).*/\1/p')" -- "$now"))
    return
    ;;
  esac
  if [ "$before" = = ] || [ "$before" = --demo ]; then
    [ "${COMP_WORDS[COMP_CWORD - 2]}" = --demo ] && COMPREPLY=($(compgen -W "$(_kvmconsole_words scenarios)" -- "$now"))
    return
  fi
  case $sub in
  "" | help) COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" help 2>/dev/null | sed -n '/^Subcommands:/,/^Options:/s/^  \([a-z-]*\).*/\1/p')" -- "$now")) ;;
  plan | run) what=operations ;;
  drill) what=drills ;;
  list) COMPREPLY=($(compgen -W "views scenarios operations drills checks problems keys themes steps" -- "$now")) ;;
  guide)
    if [ -z "$name" ]; then COMPREPLY=($(compgen -W "books list check run export" -- "$now"))
    elif [ "$name" = run ]; then COMPREPLY=($(compgen -W "$(_kvmconsole_words steps)" -- "$now")); else COMPREPLY=($(compgen -f -- "$now")); fi
    ;;
  record) COMPREPLY=($(compgen -f -- "$now")) ;;
  esac
  [ -n "$what" ] || return
  if [ -z "$name" ]; then COMPREPLY=($(compgen -W "$(_kvmconsole_words $what)" -- "$now")); else
    COMPREPLY=($(compgen -W "$(_kvmconsole_keys $what "$name")" -- "$now"))
    compopt -o nospace 2>/dev/null
  fi
}
complete -F _kvmconsole kvmconsole
