# cmake -D LOWDOWN=… -D SOURCE=….md -D RELEASE=… -D PAGE=….1 -P MakeManPage.cmake
# Images are left out. A link to another document becomes its text and the file's name: "[Live](live.md#keys)" is "Live (live.md)".
file(READ ${SOURCE} text)
string(REGEX REPLACE "!\\[[^]]*\\]\\([^)]*\\)\n" "" text "${text}")
string(REGEX REPLACE "\\[([^]]+)\\]\\(([a-z-]+\\.md)(#[a-z0-9-]+)?\\)" "\\1 (`\\2`)" text "${text}")
file(WRITE ${PAGE}.md "${text}")
execute_process(
  COMMAND ${LOWDOWN} -s -Tman --nroff-nolinks -M source=${RELEASE} ${PAGE}.md
  OUTPUT_VARIABLE page COMMAND_ERROR_IS_FATAL ANY)
file(REMOVE ${PAGE}.md)
# In the tables of options, the second column takes all of the remaining width.
string(REPLACE "tab(|) expand allbox;\nlb lb\nl l." "tab(|) allbox;\nlb lbx\nl lx." page "${page}")
file(WRITE ${PAGE} "${page}")
